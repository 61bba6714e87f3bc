/** The parts of a task's time, named and in the order in which they are told. */

import type { TimeSpent } from '../../wire/messages';

export interface TimePart {
  readonly name: string;
  readonly seconds: number;
  readonly className: string;
}

const PARTS: readonly (readonly [keyof TimeSpent, string])[] = [
  ['training_s', 'training'],
  ['evaluation_s', 'evaluation'],
  ['checkpoint_s', 'checkpoints'],
  ['start_s', 'starting up'],
  ['repeated_s', 'steps done twice'],
  ['stalled_s', 'stalled'],
  ['down_s', 'not running'],
];

/** Those that took any time. */
export function partsOf(time: TimeSpent): readonly TimePart[] {
  return PARTS.map(([key, name]) => ({
    name,
    seconds: time[key],
    className: `time-${key.slice(0, -2)}`,
  })).filter(({ seconds }) => seconds > 0);
}

/** Words are for what is a second or more when it is rounded: "0 s" says nothing. */
export const toldInWords = ({ seconds }: TimePart): boolean => Math.round(seconds) >= 1;

/** The share of all the time that made new steps; null where no time has passed. */
export function goodput(time: TimeSpent): number | null {
  const all = partsOf(time).reduce((sum, { seconds }) => sum + seconds, 0);
  return all > 0 ? time.training_s / all : null;
}
