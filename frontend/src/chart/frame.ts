/** Where on the picture what lies. All in device pixels, so that thin lines are sharp; `unit` is one of the page's. */

import type { XRange } from './chart_data';
import type { ChartContent } from './content';
import { linearScale, logScale, type Scale } from './scale';
import { accumulatedTicks, type Tick } from './ticks';
import { clockTicks, durationTicks } from './time_ticks';
import { valueRange } from './value_range';
import { type ValueTick, valueTicks } from './value_ticks';

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly unit: number;
}

/** The field that the lines are drawn in, and its two scales. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly unit: number;
  readonly range: XRange;
  readonly x: Scale;
  readonly y: Scale;
  /** What is marked of the x axis. */
  readonly places: readonly Tick[];
  /** What is marked of the y axis. */
  readonly values: readonly ValueTick[];
}

const ROOM = { top: 10, right: 18, bottom: 26, left: 54 } as const;
/** So many characters of a value fit into that; each of more than these takes so many pixels. */
const [FITTING, CHARACTER] = [7, 7];
export const RAIL_HEIGHT = 16;

/** `held` is what was shown before, where the lines have only grown since: its values are kept as long as they fit. */
export function frameOf(
  content: ChartContent,
  { width, height, unit }: Size,
  held: Frame | null = null,
): Frame {
  const rail = content.rail.length > 0 ? RAIL_HEIGHT : 0;
  const top = Math.round(ROOM.top * unit);
  const bottom = Math.max(top + 1, Math.round(height - (ROOM.bottom + rail) * unit));
  const [low, high] = valueRange(content, held && [held.y.min, held.y.max]);
  const y = (content.isLog ? logScale : linearScale)(low, high, bottom, top);
  const isHeld = held !== null && isSameScale(held.y, y);
  const values = isHeld ? held.values : valueTicks(y, (bottom - top) / unit);
  const left = Math.round(roomFor(values) * unit);
  const right = Math.max(left + 1, Math.round(width - ROOM.right * unit));
  const { range } = content;
  return {
    left,
    top,
    right,
    bottom,
    unit,
    range,
    x: linearScale(range.min, range.max, left, right),
    y,
    places: placeTicks(content, (right - left) / unit),
    values,
  };
}

function isSameScale(one: Scale, other: Scale): boolean {
  return one.offset === other.offset && one.factor === other.factor && one.isLog === other.isLog;
}

/** Most charts of a task begin at the same pixel; only a value such as 4.975e−5 needs more. */
function roomFor(values: readonly ValueTick[]): number {
  const longest = Math.max(0, ...values.map(({ label }) => label.length));
  return ROOM.left + CHARACTER * Math.max(0, longest - FITTING);
}

/** `width` is in pixels of the page. */
function placeTicks({ axis, attempts, range }: ChartContent, width: number): readonly Tick[] {
  if (axis === 'active') return durationTicks(range, width);
  if (axis === 'wall') return clockTicks(range, width);
  return accumulatedTicks(axis === 'step' ? [] : attempts, range, width);
}
