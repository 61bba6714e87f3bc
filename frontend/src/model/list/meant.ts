/** Which tasks somebody may mean who names one that is not there, or not alone. */

import type { TaskSummary } from '../../wire/messages';

/** More than these are for the search. */
const MOST = 8;

export interface Meant {
  /** Whether each of them is called exactly so. */
  readonly isCalled: boolean;
  /** How many there are in all. */
  readonly count: number;
  /** The first of them. */
  readonly tasks: readonly TaskSummary[];
}

export function meantBy(wanted: string, tasks: readonly TaskSummary[]): Meant {
  const called = tasks.filter(({ id, name }) => name === wanted || id.endsWith(`/${wanted}`));
  const word = wanted.slice(wanted.lastIndexOf('/') + 1).toLowerCase();
  const near =
    called.length > 0 || word === '' ? called : tasks.filter(({ id }) => id.toLowerCase().includes(word));
  return { isCalled: called.length > 0, count: near.length, tasks: near.slice(0, MOST) };
}
