/** What a chart is told to draw, put together from the model: lines, ranges, and what is in sight. */

import { rangeOf, type XRange } from '../../chart/chart_data';
import type { AxisKind, ChartLine } from '../../chart/content';
import type { Tone } from '../../chart/palette';
import { extentOf, placesOf, spanOf } from '../../model/axis';
import type { Attempt, Series } from '../../wire/messages';

/** A series in a chart. The first one is the chart's own. */
export interface Source {
  readonly name: string;
  readonly tone: Tone;
  readonly series: Series;
}

/** A schedule is no noise, and ten evaluations are too few to be averaged: both are drawn as they were logged. */
export function isSmoothable(tone: Tone): boolean {
  return tone !== 'schedule' && tone !== 'evaluation';
}

/**
 * One line for each source; with attempts overlaid one for each attempt of each source, the latest first, so that the
 * first two lines are those between which a gap may be shaded.
 */
export function linesOf(
  sources: readonly Source[],
  axis: AxisKind,
  attempts: readonly Attempt[],
  smoothing: boolean,
): readonly ChartLine[] {
  const whole = sources.map(({ name, tone, series }) => ({
    name,
    tone,
    age: 0,
    series,
    x: placesOf(series, axis, attempts),
    first: 0,
    end: series.x.length,
    smoothed: smoothing && isSmoothable(tone),
  }));
  return axis === 'step' ? overlaid(whole) : whole;
}

function overlaid(lines: readonly ChartLine[]): readonly ChartLine[] {
  const split = lines.flatMap((line, source) =>
    stretches(line.series.attempt).map(([first, end]) => ({ ...line, first, end, source })),
  );
  const attempts = [...new Set(split.map(attemptOf))].sort((a, b) => b - a);
  return split
    .map((line) => ({ line, source: line.source, age: attempts.indexOf(attemptOf(line)) }))
    .sort((a, b) => a.age - b.age || a.source - b.source)
    .map(({ line: { source, ...line }, age }) => ({ ...line, age, name: overlaidName(line, lines.length) }));
}

function overlaidName(line: ChartLine, sources: number): string {
  const attempt = `attempt ${attemptOf(line)}`;
  return sources > 1 ? `${line.name}, ${attempt}` : attempt;
}

/** The attempt of a line that belongs to one. */
function attemptOf({ series, first }: Pick<ChartLine, 'series' | 'first'>): number {
  return series.attempt[first] ?? 0;
}

/** From where up to where each attempt's points lie. Those of an attempt are one behind the other. */
function stretches(attempt: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (let first = 0; first < attempt.length; ) {
    let end = first + 1;
    while (attempt[end] === attempt[first]) end += 1;
    found.push([first, end]);
    first = end;
  }
  return found;
}

/** Training and evaluation of the same attempt have a gap between them. */
export function hasGap(lines: readonly ChartLine[], axis: AxisKind): boolean {
  const [one, other] = lines;
  if (one === undefined || other === undefined || one.tone === other.tone) return false;
  return axis !== 'step' || attemptOf(one) === attemptOf(other);
}

/**
 * The range that shows everything, or null where no point has a place. The charts of a task share one axis, so it reaches
 * as far as the attempts do; a cropped chart begins with what it shows.
 */
export function wholeRange(
  series: readonly Series[],
  axis: AxisKind,
  attempts: readonly Attempt[],
  isCropped: boolean,
): XRange | null {
  // Accumulated steps ascend: their ends say it all, at every tick.
  const ends = ({ x }: Series) => [...x.slice(0, 1), ...x.slice(-1)];
  const spans = series
    .map((one) => spanOf(axis === 'accumulated' ? ends(one) : placesOf(one, axis, attempts)))
    .filter((span) => span !== null);
  if (spans.length === 0) return null;
  const extents = attempts.map((attempt) => extentOf(attempt, axis)).filter((extent) => extent !== null);
  const begins = isCropped ? spans : [...spans, ...extents];
  const min = Math.min(...begins.map((one) => one.min));
  return rangeOf(min, Math.max(...[...spans, ...extents].map((one) => one.max)));
}

/**
 * What a live chart shows reaches a little further than its points: it stands still while the next ones come. Where the earliest
 * are cropped for them (`moves`), both ends move on at once.
 */
export function steady({ min, max }: XRange, moves = false): XRange {
  const grain = 2 ** Math.floor(Math.log2(max - min)) / GRAINS;
  const end = Math.ceil(max / grain);
  const begin = moves ? end - Math.ceil((max - min) / grain) - 1 : Math.floor(min / grain);
  return { min: begin * grain, max: end * grain };
}

const GRAINS = 32;

/** A range `factor` as wide around a place, which stays where it is on the page; null where that would show everything. */
export function zoomed(
  { min, max }: XRange,
  whole: XRange,
  around: number | undefined,
  factor: number,
): XRange | null {
  const isInSight = around !== undefined && around >= min && around <= max;
  const centre = isInSight ? around : (min + max) / 2;
  const low = Math.max(whole.min, centre - (centre - min) * factor);
  const high = Math.min(whole.max, centre + (max - centre) * factor);
  return low <= whole.min && high >= whole.max ? null : { min: low, max: high };
}

/** Of the points that have a place: how many a logarithmic axis has no height for, and whether it has one for any. */
export function countNotPositive(lines: readonly ChartLine[]): {
  readonly left: number;
  readonly any: boolean;
} {
  let [left, any] = [0, false];
  for (const { series, first, end } of lines) {
    for (let i = first; i < end; i += 1) {
      const value = series.value[i];
      if (value == null) continue;
      if (value > 0) any = true;
      else left += 1;
    }
  }
  return { left, any };
}
