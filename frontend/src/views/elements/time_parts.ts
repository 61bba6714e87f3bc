/** The parts of a task's time, named and in the order in which they are told. */

import { formatPercent } from '../../base/numbers';
import type { LoggedGoodput, TimeSpent } from '../../wire/messages';

export interface TimePart {
  readonly name: string;
  readonly seconds: number;
  readonly className: string;
}

const PARTS: readonly (readonly [keyof TimeSpent, string, string])[] = [
  ['training_s', 'training', 'time-training'],
  ['evaluation_s', 'evaluation', 'time-evaluation'],
  ['checkpoint_s', 'checkpoints', 'time-checkpoint'],
  ['start_s', 'starting up', 'time-start'],
  ['repeated_s', 'steps done twice', 'time-repeated'],
  ['stalled_s', 'stalled', 'time-stalled'],
  ['down_s', 'not running', 'time-down'],
];

/** Those that took any time. */
export function partsOf(time: TimeSpent): readonly TimePart[] {
  return PARTS.map(([key, name, className]) => ({ name, seconds: time[key] ?? 0, className })).filter(
    ({ seconds }) => seconds > 0,
  );
}

/** The share of all the time that made new steps; null where no time has passed. */
export function goodput(time: TimeSpent): number | null {
  const all = partsOf(time).reduce((sum, { seconds }) => sum + seconds, 0);
  return all > 0 ? time.training_s / all : null;
}

/** The trainer's own figure, named as such: it counts what it was told of. */
export function loggedText({ tag, goodput: share, badput }: LoggedGoodput): string {
  const lost = Object.entries(badput).map(
    ([name, of]) => `${name.replaceAll('_', ' ')} ${formatPercent(of)}`,
  );
  const rest = lost.length === 0 ? '' : `; lost to ${lost.join(', ')}`;
  return `The trainer’s own figure (${tag}): ${formatPercent(share)}${rest}`;
}
