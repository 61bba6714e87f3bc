/** Where an attempt lies on the charts' axis. */

import type { Range } from '../model/view_values';
import type { Attempt, Axis } from '../wire/messages';

/** Null where it has no place there, or no length. */
export function rangeOfAttempt(attempt: Attempt, axis: Axis): Range | null {
  const [min, max] = endsOf(attempt, axis);
  return min !== null && max !== null && min < max ? { min, max } : null;
}

function endsOf(attempt: Attempt, axis: Axis): readonly [number | null, number | null] {
  const { first_at, last_at, active_start_s: start } = attempt;
  switch (axis) {
    case 'accumulated':
      return [attempt.x_start, attempt.x_end];
    case 'step':
      return [attempt.start_step, attempt.last_step];
    case 'wall':
      return [first_at, last_at];
    case 'active':
      return [
        start,
        start === null || first_at === null || last_at === null ? null : start + last_at - first_at,
      ];
  }
}
