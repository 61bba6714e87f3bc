/** What a live chart has got: where it stands still and points only go behind, that strip alone is drawn anew. */

import type { XRange } from './chart_data';
import type { ChartContent, ChartLine } from './content';
import type { Frame } from './frame';
import { isAscending } from './nearest';
import { toPixel } from './scale';

/** What is on a canvas, and where. */
export interface Drawn {
  readonly content: ChartContent;
  readonly frame: Frame;
}

/** In pixels of the page: so far left of a point something of it is drawn, or of a mark that it is one with. */
const REACH = 10;

/** The pixel from which on the new picture is another one than that before; 0 where it may be another one everywhere. */
export function firstChange(before: Drawn | null, after: Drawn): number {
  // The grid too: an attempt too short for a round step has a label that moves with its end.
  if (before === null || keyOf(before.frame) !== keyOf(after.frame)) return 0;
  const [old, { content, frame }] = [before.content, after];
  const isKept = old.axis === content.axis && old.rail === content.rail && old.shade === content.shade;
  const isSimple = content.axis !== 'step' && JSON.stringify(old.pins) === JSON.stringify(content.pins);
  if (!isKept || !isSimple || old.lines.length !== content.lines.length) return 0;
  const places = content.lines.map((line, index) => firstNewPlace(old.lines[index] as ChartLine, line));
  const pixel = Math.floor(toPixel(frame.x, Math.min(...places)) - REACH * frame.unit);
  return pixel > frame.left ? pixel : 0;
}

/** The marks of the values follow from the rest. */
function keyOf({ values, ...frame }: Frame): string {
  return JSON.stringify(frame);
}

/** What a chart has shown, where nothing but new points speaks for another range of values; null where more has changed. */
export function heldFrame(before: Drawn | null, content: ChartContent): Frame | null {
  if (before === null) return null;
  const old = before.content;
  const isSame = old.axis === content.axis && old.isLog === content.isLog;
  // What the reader zooms to is shown as it fills the chart.
  const isHere = (isWhole(old) && isWhole(content)) || isEqual(old.range, content.range);
  if (!isSame || !isHere || old.lines.length !== content.lines.length) return null;
  return content.lines.every((line, index) => isGrown(old.lines[index] as ChartLine, line))
    ? before.frame
    : null;
}

function isWhole({ range, whole }: ChartContent): boolean {
  return isEqual(range, whole);
}

function isEqual(one: XRange, other: XRange): boolean {
  return one.min === other.min && one.max === other.max;
}

function isGrown(before: ChartLine, after: ChartLine): boolean {
  const { origin } = after.series;
  return origin !== undefined && origin === before.series.origin && before.smoothed === after.smoothed;
}

/** The line leads on from its last known point. */
function firstNewPlace(before: ChartLine, after: ChartLine): number {
  if (!isGrown(before, after) || !isAscending(after)) return Number.NEGATIVE_INFINITY;
  return before.x[before.end - 1] ?? Number.NEGATIVE_INFINITY;
}
