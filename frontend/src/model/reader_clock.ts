/** Whose clock a time goes by. */

import type { Task } from '../wire/messages';

/** A time by our clock, where the writer's is known to be wrong. */
export function byReader({ clock_off_s: off = 0 }: Pick<Task, 'clock_off_s'>, at: number): number {
  return at - off;
}
