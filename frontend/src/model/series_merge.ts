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
 */
export function mergePoints(series: Series, delta: Columns): Merged {
  const fresh = delta.total_points - series.total_points;
  const known = delta.x.length - fresh;
  if (fresh < 0 || known < 0) return { kind: 'gap' };
  if (fresh === 0) return { kind: 'merged', series };
  return { kind: 'merged', series: append(series, delta, known) };
}

function append(series: Series, delta: Columns, known: number): Series {
  const length = series.x.length;
  const marks = delta.non_finite.filter(([index]) => index >= known).map(moved(length - known));
  return {
    ...series,
    total_points: delta.total_points,
    x: series.x.concat(delta.x.slice(known)),
    step: series.step.concat(delta.step.slice(known)),
    wall_time: series.wall_time.concat(delta.wall_time.slice(known)),
    value: series.value.concat(delta.value.slice(known)),
    smoothed: series.smoothed.concat(delta.smoothed.slice(known)),
    attempt: series.attempt.concat(delta.attempt.slice(known)),
    non_finite: series.non_finite.concat(marks),
  };
}

/** Keeps the latest points and counts the others as cropped, as the server does. */
export function cropToLatest(series: Series, limit = POINT_LIMIT): Series {
  const surplus = series.x.length - limit;
  if (surplus <= 0) return series;
  return {
    ...series,
    cropped_points: series.cropped_points + surplus,
    x: series.x.slice(surplus),
    step: series.step.slice(surplus),
    wall_time: series.wall_time.slice(surplus),
    value: series.value.slice(surplus),
    smoothed: series.smoothed.slice(surplus),
    attempt: series.attempt.slice(surplus),
    non_finite: series.non_finite.filter(([index]) => index >= surplus).map(moved(-surplus)),
  };
}

function moved(by: number) {
  return ([index, what]: readonly [number, NonFinite]): readonly [number, NonFinite] => [index + by, what];
}
