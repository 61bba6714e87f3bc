/** What charts draw: points of series, marks on the axis, what is to be expected, and what a chart means. */

import type { Attempt } from './task';
import type { NonFinite } from './words';

/** Parallel columns, ascending in `x`. A value that is not finite is null and named in `non_finite` by its index. */
export interface Columns {
  readonly run: string;
  readonly tag: string;
  readonly total_points: number;
  readonly x: readonly number[];
  readonly step: readonly number[];
  readonly wall_time: readonly (number | null)[];
  readonly value: readonly (number | null)[];
  readonly smoothed: readonly (number | null)[];
  readonly attempt: readonly number[];
  readonly non_finite: readonly (readonly [number, NonFinite])[];
}

export interface Series extends Columns {
  readonly cropped_points: number;
}

export interface SeriesSet {
  readonly task: string;
  readonly revision: number;
  readonly cursor: string;
  readonly attempts: readonly Attempt[];
  readonly series: Readonly<Record<string, Series>>;
}

export type MarkType = 'eval' | 'checkpoint' | 'learning_rate';

/** An event of the training that has a place on the charts' axis. */
export interface Mark {
  readonly type: MarkType;
  readonly x: number;
  readonly step: number;
  readonly attempt: number;
  readonly wall_time: number | null;
  readonly text: string;
}

/** The best evaluation, and the checkpoint nearest to it in the same attempt. */
export interface Best {
  readonly metric: string;
  readonly value: number;
  readonly x: number;
  readonly step: number;
  readonly attempt: number;
  readonly wall_time: number | null;
  readonly checkpoint: Mark | null;
}

export interface Marks {
  readonly task: string;
  readonly revision: number;
  /** Ascending in `x`. */
  readonly marks: readonly Mark[];
  /** How many more there are than an answer holds. */
  readonly omitted: number;
  readonly best: Best | null;
}

/** The loss that is to be expected of the current attempt from its last point to the total: an extrapolation. */
export interface Expectation {
  readonly metric: string;
  readonly attempt: number;
  readonly x: readonly number[];
  readonly step: readonly number[];
  readonly value: readonly number[];
  /** The band around it. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** What the learning rates to come are taken from. */
  readonly schedule: string;
}

export interface Expected {
  readonly task: string;
  readonly revision: number;
  readonly expected: Expectation | null;
  /** Why there is none. */
  readonly why: string | null;
}

/** What a chart means, what it should look like, what should worry, and what then. */
export interface Explanation {
  readonly meaning: string;
  readonly ideal: string;
  readonly abnormal: string;
  readonly tips: string;
  /** Of a task that does not have it: how to come by it. */
  readonly absent: string;
}

export interface Guide {
  readonly guide: Readonly<Record<string, Explanation>>;
}
