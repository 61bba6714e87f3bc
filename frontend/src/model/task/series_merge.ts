/** New points go behind those that are there: nothing doubled, nothing missing, nothing moved. */

import type { Columns, NonFinite, Series } from '../../wire/messages';

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
  const joined = <T>(before: readonly T[], after: readonly T[]): readonly T[] =>
    following(before, plain(after.slice(known)), surplus);
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

/**
 * Both behind one another, without so many of the first. Six charts of 4,000 points are merged three times a second: one copy of the
 * right length, which neither grows nor is cut.
 */
function following<T>(before: readonly T[], after: readonly T[], surplus: number): readonly T[] {
  const kept = before.length - surplus;
  if (surplus === 0) return before.concat(after);
  if (kept < 0) return after.slice(-kept);
  const column = before.slice(Math.max(0, surplus - after.length));
  for (let i = 0; i < kept; i += 1) column[i] = before[i + surplus] as T;
  for (let i = 0; i < after.length; i += 1) column[kept + i] = after[i] as T;
  return column;
}

/** What a worker hands over holds its numbers in boxes, and so would all that it is joined with: four times as dear to go through. */
function plain<T>(column: readonly T[]): readonly T[] {
  return column.map((one) => one);
}

function moved(by: number) {
  return ([index, what]: readonly [number, NonFinite]): readonly [number, NonFinite] => [index + by, what];
}
