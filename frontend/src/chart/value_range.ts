/** How far the value axis reaches: to all that is in sight, with some air, and robust where there is little to see. */

import { isOneValue } from '../base/numbers';
import type { XRange } from './chart_data';
import type { ChartContent, ChartLine } from './content';
import { inSight, isAscending } from './nearest';

export type Extent = readonly [low: number, high: number];

/** Of the distance from the lowest to the highest value, above and below. */
const AIR = 0.1;
const LOG_AIR = 0.05;
/** A live axis stands still until what is in sight needs no more than this share of it. */
const HELD = 0.8;
/** What a quotient may be off by, and still be the whole number that it is meant to be. */
const TRIFLE = 1e-6;

/** `held` is the range of before, of lines that have only grown since: it stays as long as it does for them. */
export function valueRange(content: ChartContent, held: Extent | null = null): Extent {
  // Between two points that are far apart nothing is in sight but the way from one to the other.
  const shown = extentOf(content, content.range);
  const [low, high] = shown[0] <= shown[1] ? shown : extentOf(content, ANYWHERE);
  if (low > high) return content.isLog ? [0.1, 1] : [0, 1];
  const fresh = content.isLog ? logRange(low, high) : linearRange(low, high);
  return held !== null && isFilled(held, [low, high], fresh, content.isLog) ? held : fresh;
}

/** Whether all values lie in it, and fill it nearly as well as a range that is made for them. */
function isFilled(held: Extent, [low, high]: Extent, fresh: Extent, isLog: boolean): boolean {
  const lengthOf = ([from, to]: Extent) => (isLog ? Math.log(to / from) : to - from);
  return held[0] <= low && high <= held[1] && lengthOf(fresh) >= HELD * lengthOf(held);
}

const ANYWHERE: XRange = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/** Values of one sign keep zero as the end; ends are rounded, so that the axis does not tremble at every tick. */
export function linearRange(low: number, high: number): Extent {
  if (low !== high && isOneValue(low, high)) return linearRange(high, high);
  const distance = high - low || Math.abs(high) || 1;
  const air = high > low ? AIR * distance : low === 0 ? 0 : distance;
  const grain = 10 ** Math.floor(Math.log10(distance)) / 10;
  const from = rounded(Math.floor((low - air) / grain + TRIFLE), grain);
  const to = rounded(Math.ceil((high + air) / grain - TRIFLE), grain);
  if (from === to) return [from, from + distance];
  return [low >= 0 ? Math.max(0, from) : from, high <= 0 && low < 0 ? Math.min(0, to) : to];
}

/** Multiplied rather than divided, an increment such as 0.1 would leave 0.30000000000000004. */
function rounded(count: number, grain: number): number {
  return grain < 1 ? count / Math.round(1 / grain) : count * grain;
}

export function logRange(low: number, high: number): Extent {
  if (isOneValue(low, high)) return [low / 2, high * 2];
  const air = (high / low) ** LOG_AIR;
  return [low / air, high * air];
}

function extentOf({ lines, isLog, range }: ChartContent, within: XRange): Extent {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const least = isLog ? Number.MIN_VALUE : Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const bounds = cut(line, inSight(line, range), within);
    for (const values of line.smoothed ? [line.series.value, line.series.smoothed] : [line.series.value]) {
      const extent = extentWithin(line, values, bounds, within, least);
      low = Math.min(low, extent[0]);
      high = Math.max(high, extent[1]);
    }
  }
  return [low, high];
}

/** Where the places ascend, without the point on either side that is out of sight: then all others are within. */
function cut(line: ChartLine, [from, until]: readonly [number, number], within: XRange) {
  if (!isAscending(line)) return [from, until] as const;
  const first = isWithin(line.x[from], within) ? from : from + 1;
  return [first, isWithin(line.x[until - 1], within) ? until : until - 1] as const;
}

/** Of the values from `least` up: thousands of them, three times a second, so that no place is looked at without need. */
function extentWithin(
  line: ChartLine,
  values: readonly (number | null)[],
  [from, until]: readonly [number, number],
  within: XRange,
  least: number,
): Extent {
  const isOrdered = isAscending(line);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = from; i < until; i += 1) {
    const value = values[i] as number | null;
    if (value === null || value < least || !(isOrdered || isWithin(line.x[i], within))) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function isWithin(place: number | null | undefined, { min, max }: XRange): boolean {
  return place != null && place >= min && place <= max;
}
