/** The points of a line as pixels, and as few of them as tell the same to the eye. */

import type { ChartLine } from './content';
import type { Frame } from './frame';
import { inSight } from './nearest';

/** Columns of one length. A y that is NaN is a point without a place: nothing is drawn there, and no line leads across. */
export interface Trail {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** 1 where a line leads here from the point before. */
  readonly joined: Uint8Array;
}

export function trailOf(line: ChartLine, values: readonly (number | null)[], frame: Frame): Trail {
  const [from, until] = inSight(line, frame.range);
  const [x, y] = [new Float64Array(until - from), new Float64Array(until - from)];
  const joined = new Uint8Array(until - from);
  const { attempt } = line.series;
  for (let i = from; i < until; i += 1) {
    const [at, value] = [line.x[i], values[i]];
    x[i - from] = at == null ? Number.NaN : frame.x.toPixel(at);
    y[i - from] = at == null || value == null ? Number.NaN : frame.y.toPixel(value);
    const isGap = i === from || Number.isNaN(y[i - from - 1]) || Number.isNaN(y[i - from]);
    joined[i - from] = isGap || attempt[i] !== attempt[i - 1] ? 0 : 1;
  }
  return { x, y, joined };
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
  const [least, most] = extremes(y, first, until);
  const start = y[first] as number;
  for (const one of least < most ? [least, most] : [most, least]) {
    if (one !== first && one !== last && Math.abs((y[one] as number) - start) > tolerance) kept.push(one);
  }
  if (joined[until] !== 1 || Math.abs((y[last] as number) - start) > tolerance) kept.push(last);
}

function extremes(y: Float64Array, first: number, until: number): readonly [number, number] {
  let [least, most] = [first, first];
  for (let i = first + 1; i < until; i += 1) {
    const height = y[i] as number;
    if (height < (y[least] as number)) least = i;
    if (height > (y[most] as number)) most = i;
  }
  return [least, most];
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
    top: new Float64Array(width).fill(Number.POSITIVE_INFINITY),
    bottom: new Float64Array(width).fill(Number.NEGATIVE_INFINITY),
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

/** The mean height of what is covered, in pixels: much for noise, next to nothing for a smooth line. */
export function meanHeight({ top, bottom }: Spans): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < top.length; i += 1) {
    const height = (bottom[i] as number) - (top[i] as number);
    if (height < 0) continue;
    sum += height;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
