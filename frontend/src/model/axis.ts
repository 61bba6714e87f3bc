/** Where a moment of the training lies on each of the axes that the reader may choose. */

import type { Attempt, Axis, Columns } from '../wire/messages';

/** A stretch of an axis. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** In the order in which they are offered. */
export const AXES: readonly Axis[] = ['accumulated', 'step', 'active', 'wall'];

/** All that places something on any axis: points, marks and rows of the log have it. */
export interface Moment {
  /** Accumulated step. */
  readonly x: number | null;
  readonly step: number | null;
  readonly attempt: number;
  /** Seconds since the epoch. */
  readonly wall_time: number | null;
}

/** What the axes need to know of an attempt. */
export type AttemptTimes = Pick<Attempt, 'attempt' | 'active_start_s' | 'first_at'>;

/** The columns that place points. */
export type Placed = Pick<Columns, 'x' | 'step' | 'wall_time' | 'attempt'>;

/** Null where the moment has no place on this axis, such as one without a time on a clock. */
export function placeOf(moment: Moment, axis: Axis, attempts: readonly AttemptTimes[]): number | null {
  switch (axis) {
    case 'accumulated':
      return moment.x;
    case 'step':
      return moment.step;
    case 'wall':
      return timeOf(moment.wall_time);
    case 'active':
      return activeSeconds(timeOf(moment.wall_time), originOf(attempts, moment.attempt));
  }
}

/** One point of a series. */
export function momentAt({ x, step, wall_time, attempt }: Placed, index: number): Moment {
  return {
    x: x[index] ?? null,
    step: step[index] ?? null,
    attempt: attempt[index] ?? 1,
    wall_time: wall_time[index] ?? null,
  };
}

/** The places of all points of a series; the very column of the wire where it is one, for there are thousands at each tick. */
export function placesOf(
  { x, step, wall_time, attempt }: Placed,
  axis: Axis,
  attempts: readonly AttemptTimes[],
): readonly (number | null)[] {
  switch (axis) {
    case 'accumulated':
      return x;
    case 'step':
      return step;
    case 'wall':
      return wall_time.includes(0) ? wall_time.map(timeOf) : wall_time;
    case 'active': {
      const origins = new Map(attempts.map((one) => [one.attempt, originOf(attempts, one.attempt)]));
      return wall_time.map((at, i) => activeSeconds(timeOf(at), origins.get(attempt[i] ?? 0) ?? null));
    }
  }
}

/** 0 stands for a moment of which nobody wrote down the time. */
function timeOf(wallTime: number | null): number | null {
  return wallTime === 0 ? null : wallTime;
}

/** The time on the clock at which training without downtime would have begun, had it all been this attempt's. */
function originOf(attempts: readonly AttemptTimes[], number: number): number | null {
  const attempt = attempts.find((one) => one.attempt === number);
  if (attempt === undefined || attempt.first_at === null || attempt.active_start_s === null) return null;
  return attempt.first_at - attempt.active_start_s;
}

function activeSeconds(wallTime: number | null, origin: number | null): number | null {
  return wallTime === null || origin === null ? null : wallTime - origin;
}

/** The least and the largest place, or null where no point has one. Clocks are set back, so each is looked at. */
export function spanOf(places: readonly (number | null)[]): Range | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    if (place === null) continue;
    if (place < min) min = place;
    if (place > max) max = place;
  }
  return min <= max ? { min, max } : null;
}

/**
 * The range on another axis that has the same points in it, or null where that is no range. Attempts that lie over one
 * another share their steps, so from there it is the latest attempt's points that are followed.
 */
export function translated(
  range: Range,
  from: Axis,
  to: Axis,
  points: Placed,
  attempts: readonly AttemptTimes[],
): Range | null {
  const before = placesOf(points, from, attempts);
  const after = placesOf(points, to, attempts);
  const latest = points.attempt.at(-1);
  const span = spanOf(
    after.filter((_, i) => {
      const place = before[i] ?? Number.NaN;
      const isFollowed = from !== 'step' || points.attempt[i] === latest;
      return isFollowed && place >= range.min && place <= range.max;
    }),
  );
  return span !== null && span.min < span.max ? span : null;
}

/** Where an attempt begins and how far it came on the axis; null where that is not known. */
export function extentOf(attempt: Attempt, axis: Axis): Range | null {
  const { first_at, last_at, active_start_s, start_step, last_step } = attempt;
  if (axis === 'accumulated') return { min: attempt.x_start, max: attempt.x_end };
  if (axis === 'step') return { min: start_step, max: last_step ?? start_step };
  if (first_at === null || last_at === null) return null;
  if (axis === 'wall') return { min: first_at, max: last_at };
  return active_start_s === null ? null : { min: active_start_s, max: active_start_s + last_at - first_at };
}
