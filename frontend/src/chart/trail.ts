/**
 * The points of a line as pixels, and as few of them as tell the same to the eye. What is done for each of thousands, at every tick, takes
 * no variables out of an array: that makes one, and an iterator.
 */

import type { XRange } from './chart_data';
import { takeColumn } from './columns';
import type { ChartLine } from './content';
import type { Frame } from './frame';
import { inSight } from './nearest';
import { type Scale, toPixel } from './scale';

/** Columns of one length. A y that is NaN is a point without a place: nothing is drawn there, and no line leads across. */
export interface Trail {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** 1 where a line leads here from the point before. */
  readonly joined: Float64Array;
}

export function trailOf(
  line: ChartLine,
  values: readonly (number | null)[],
  frame: Frame,
  sight: XRange = frame.range,
): Trail {
  const [from, until] = inSight(line, sight);
  const length = until - from;
  const trail = {
    x: takeColumn(length),
    y: takeColumn(length),
    joined: takeColumn(length),
  };
  placeAll(trail.x, line.x, from, frame.x);
  placeAll(trail.y, values, from, frame.y);
  const { attempt } = line.series;
  for (let i = 0; i < length; i += 1) {
    if (Number.isNaN(trail.x[i])) trail.y[i] = Number.NaN;
    const isGap = i === 0 || Number.isNaN((trail.y[i] as number) + (trail.y[i - 1] as number));
    trail.joined[i] = isGap || attempt[from + i] !== attempt[from + i - 1] ? 0 : 1;
  }
  return trail;
}

/** Thousands of numbers three times a second: a loop without calls. */
function placeAll(
  pixels: Float64Array,
  values: readonly (number | null)[],
  from: number,
  scale: Scale,
): void {
  const { offset, factor, isLog } = scale;
  for (let i = 0; i < pixels.length; i += 1) {
    const value = values[from + i];
    pixels[i] = value === null ? Number.NaN : offset + factor * (value as number);
  }
  if (!isLog) return;
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = toPixel(scale, values[from + i] ?? Number.NaN);
}

/**
 * The points that a line must be led through to look as if it went through all: of each column of pixels the first,
 * lowest, highest and last, without those that lie within `tolerance` of the first.
 */
export function decimate(trail: Trail, tolerance = 0): readonly number[] {
  const kept: number[] = [];
  for (let from = 0; from < trail.y.length; ) {
    const until = columnEnd(trail, from);
    if (!Number.isNaN(trail.y[from])) keepColumn(kept, trail, from, until, tolerance);
    from = until;
  }
  return kept;
}

function columnEnd({ x, joined }: Trail, from: number): number {
  const column = Math.floor(x[from] as number);
  let until = from + 1;
  while (joined[until] === 1 && Math.floor(x[until] as number) === column) until += 1;
  return until;
}

function keepColumn(kept: number[], trail: Trail, first: number, until: number, tolerance: number): void {
  const { y, joined } = trail;
  const last = until - 1;
  kept.push(first);
  if (last === first) return;
  let least = first;
  let most = first;
  for (let i = first + 1; i < until; i += 1) {
    const height = y[i] as number;
    if (height < (y[least] as number)) least = i;
    if (height > (y[most] as number)) most = i;
  }
  const lower = Math.min(least, most);
  const upper = Math.max(least, most);
  const start = y[first] as number;
  if (lower !== first && lower !== last && Math.abs((y[lower] as number) - start) > tolerance)
    kept.push(lower);
  if (upper !== first && upper !== last && Math.abs((y[upper] as number) - start) > tolerance)
    kept.push(upper);
  if (joined[until] !== 1 || Math.abs((y[last] as number) - start) > tolerance) kept.push(last);
}

/** How many pixels a line goes up and down in all. */
export function travel({ y, joined }: Trail, kept: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < kept.length; i += 1) {
    const before = kept[i - 1] as number;
    const index = kept[i] as number;
    if (joined[index] === 1) sum += Math.abs((y[index] as number) - (y[before] as number));
  }
  return sum;
}

/**
 * Of the points `kept` those that a line must turn at so as to pass all of them within `tolerance` pixels: from one
 * corner it leads straight on as long as one slope does for all that it passes. A stroke costs by its corners.
 */
export function corners(
  { x, y, joined }: Trail,
  kept: readonly number[],
  tolerance: number,
): readonly number[] {
  const found: number[] = [];
  let corner = -1;
  let end = -1;
  let least = 0;
  let most = 0;
  const turn = (index: number) => {
    if (index !== corner) found.push(index);
    corner = index;
    end = index;
    least = Number.NEGATIVE_INFINITY;
    most = Number.POSITIVE_INFINITY;
  };
  for (const index of kept) {
    if (joined[index] !== 1) {
      if (end >= 0) turn(end);
      turn(index);
      continue;
    }
    if (!leads(x, y, corner, index, least, most)) turn(end);
    const run = (x[index] as number) - (x[corner] as number);
    const rise = (y[index] as number) - (y[corner] as number);
    if (run > 0) {
      least = Math.max(least, (rise - tolerance) / run);
      most = Math.min(most, (rise + tolerance) / run);
      end = index;
    } else turn(index);
  }
  if (end >= 0) turn(end);
  return found;
}

/** Whether a line from one point to the other has a slope between these. */
function leads(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  least: number,
  most: number,
): boolean {
  const run = (x[to] as number) - (x[from] as number);
  const rise = (y[to] as number) - (y[from] as number);
  return rise >= least * run && rise <= most * run;
}

/** What a line covers of each column of pixels: from `top` to `bottom`, where the one is not above the other nothing. */
export interface Spans {
  readonly top: Float64Array;
  readonly bottom: Float64Array;
}

/** `left` and `right` are the edges of the field, whole pixels. */
export function spansOf(trail: Trail, left: number, right: number): Spans {
  const width = right - left;
  const spans = {
    top: takeColumn(width).fill(Number.POSITIVE_INFINITY),
    bottom: takeColumn(width).fill(Number.NEGATIVE_INFINITY),
  };
  const { x, y, joined } = trail;
  for (let i = 0; i < y.length; i += 1) {
    const from = joined[i] === 1 ? i - 1 : i;
    if (Number.isNaN(y[i])) continue;
    if ((x[from] as number) <= (x[i] as number)) coverSegment(spans, trail, from, i, left);
    else coverSegment(spans, trail, i, from, left);
  }
  return spans;
}

/** Columns that the line from point `a` to `b`, which is not left of it, passes. */
function coverSegment({ top, bottom }: Spans, { x, y }: Trail, a: number, b: number, left: number): void {
  const [fromX, fromY, toX, toY] = [x[a] as number, y[a] as number, x[b] as number, y[b] as number];
  const slope = toX > fromX ? (toY - fromY) / (toX - fromX) : 0;
  const last = Math.min(Math.floor(toX) - left, top.length - 1);
  for (let column = Math.max(0, Math.floor(fromX) - left); column <= last; column += 1) {
    const enters = Math.max(column + left, fromX) === fromX ? fromY : fromY + slope * (column + left - fromX);
    const leaves = column + left + 1 > toX ? toY : fromY + slope * (column + left + 1 - fromX);
    top[column] = Math.min(top[column] as number, enters, leaves);
    bottom[column] = Math.max(bottom[column] as number, enters, leaves);
  }
}
