/** Whose clock a time goes by, and of what the latest time is. */

import type { Task } from '../../wire/messages';

/** A time by our clock, where the writer's is known to be wrong. */
export function byReader({ clock_off_s: off = 0 }: Pick<Task, 'clock_off_s'>, at: number): number {
  return at - off;
}

/** What came last: a point, or events without one (a launch that never trained, a text at the end). */
export function lastSign({ attempts, last_event_at: at }: Pick<Task, 'attempts' | 'last_event_at'>) {
  return attempts.some(({ last_at: point }) => point !== null && point > (at ?? 0) - 60) ? 'point' : 'event';
}
