/** Which point of a line lies where the reader points. */

import type { XRange } from './chart_data';
import type { ChartLine } from './content';

/** The index in the line's series of the point whose place is nearest; null for a line without points, and before an extrapolation begins. */
export function nearest(line: ChartLine, x: number): number | null {
  if (line.band && x < (line.x[line.first] ?? x)) return null;
  if (!isAscending(line)) return nearestByScan(line, x);
  const after = firstWhere(line, (place) => place >= x);
  if (after === line.end) return line.end > line.first ? line.end - 1 : null;
  if (after === line.first) return after;
  return x - (line.x[after - 1] as number) <= (line.x[after] as number) - x ? after - 1 : after;
}

function nearestByScan({ x: places, first, end }: ChartLine, x: number): number | null {
  let [found, least]: [number | null, number] = [null, Number.POSITIVE_INFINITY];
  for (let i = first; i < end; i += 1) {
    const place = places[i];
    const distance = place == null ? Number.POSITIVE_INFINITY : Math.abs(place - x);
    if (distance < least) [found, least] = [i, distance];
  }
  return found;
}

/** From which point on and before which a line is in sight, with one more on each side, so that it leads out of it. */
export function inSight(line: ChartLine, { min, max }: XRange): readonly [number, number] {
  if (!isAscending(line)) return [line.first, line.end];
  const from = firstWhere(line, (place) => place >= min);
  const until = firstWhere(line, (place) => place > max);
  return [Math.max(line.first, from - 1), Math.min(line.end, until + 1)];
}

/** The points whose places are inside the range: first and last of them, or null. */
export function shownPoints(line: ChartLine, range: XRange): readonly [number, number] | null {
  let [first, last] = inSight(line, range);
  const isOutside = (index: number) => {
    const place = line.x[index];
    return place == null || place < range.min || place > range.max;
  };
  while (first < last && isOutside(first)) first += 1;
  while (last > first && isOutside(last - 1)) last -= 1;
  return first < last ? [first, last - 1] : null;
}

/** The first point whose place answers yes, as those after it do; `end` where none does. */
function firstWhere({ x, first, end }: ChartLine, answer: (place: number) => boolean): number {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (answer(x[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const ASCENDING = new WeakMap<ChartLine, boolean>();

/** Clocks are set back, and a time may be missing: then there is no order to search by. */
export function isAscending(line: ChartLine): boolean {
  const known = ASCENDING.get(line);
  if (known !== undefined) return known;
  const found = findAscending(line);
  ASCENDING.set(line, found);
  return found;
}

function findAscending({ x, first, end }: ChartLine): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (let i = first; i < end; i += 1) {
    const place = x[i];
    if (place == null || place < before) return false;
    before = place;
  }
  return true;
}
