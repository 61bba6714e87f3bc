/** Where a moment of the training lies on each of the axes that the reader may choose. */

import type { Attempt, Axis, Columns } from '../wire/messages';

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

/** The places of all points of a series; the very column of the wire where it is one, for there are thousands at each tick. */
export function placesOf(
  { x, step, wall_time, attempt }: Pick<Columns, 'x' | 'step' | 'wall_time' | 'attempt'>,
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
