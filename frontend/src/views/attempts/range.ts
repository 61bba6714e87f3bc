/** Where an attempt lies on the charts' axis. */

import { extentOf, type Range } from '../../model/axis';
import type { Attempt, Axis } from '../../wire/messages';

/** Null where it has no place there, or no length. */
export function rangeOfAttempt(attempt: Attempt, axis: Axis): Range | null {
  const extent = extentOf(attempt, axis);
  return extent !== null && extent.min < extent.max ? extent : null;
}
