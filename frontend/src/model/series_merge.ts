/** New points go behind those that are there: nothing doubled, nothing missing, nothing moved. */

import type { Columns, NonFinite, Series } from '../wire/messages';

/** The latest points that a chart shows, and the most that one answer of the server holds. */
export const POINT_LIMIT = 4000;

export type Merged =
  | { readonly kind: 'merged'; readonly series: Series }
  /** The delta does not connect to what is there: the series must be asked again. */
  | { readonly kind: 'gap' };

/**
 * Totals tell how a delta connects: a series of 30 points that got 5 more has 35. A delta of 7 points that says 35 begins
 * with 2 that are known already (they came with the series itself); one of 3 points that says 35 has lost 2.
 * Beyond `limit` the latest points are kept and the others counted as cropped, as the server does.
 */
export function mergePoints(series: Series, delta: Columns, limit = Number.POSITIVE_INFINITY): Merged {
  const fresh = delta.total_points - series.total_points;
  const known = delta.x.length - fresh;
  if (fresh < 0 || known < 0) return { kind: 'gap' };
  if (fresh === 0) return { kind: 'merged', series };
  return { kind: 'merged', series: append(series, delta, known, limit) };
}

function append(series: Series, delta: Columns, known: number, limit: number): Series {
  const length = series.x.length + delta.x.length - known;
  const surplus = Math.max(0, length - limit);
  // Six charts of 4,000 points are merged three times a second: pushed one by one, a copy would grow, which is another one.
  const joined = <T>(before: readonly T[], after: readonly T[]): readonly T[] =>
    before.slice(surplus).concat(plain(after.slice(known + Math.max(0, surplus - before.length))));
  const marks = delta.non_finite.filter(([index]) => index >= known).map(moved(series.x.length - known));
  return {
    ...series,
    total_points: delta.total_points,
    cropped_points: series.cropped_points + surplus,
    x: joined(series.x, delta.x),
    step: joined(series.step, delta.step),
    wall_time: joined(series.wall_time, delta.wall_time),
    value: joined(series.value, delta.value),
    smoothed: joined(series.smoothed, delta.smoothed),
    attempt: joined(series.attempt, delta.attempt),
    non_finite: [...series.non_finite, ...marks].filter(([index]) => index >= surplus).map(moved(-surplus)),
  };
}

/** What a worker hands over holds its numbers in boxes, and so would all that it is joined with: four times as dear to go through. */
function plain<T>(column: readonly T[]): readonly T[] {
  return column.map((one) => one);
}

function moved(by: number) {
  return ([index, what]: readonly [number, NonFinite]): readonly [number, NonFinite] => [index + by, what];
}
