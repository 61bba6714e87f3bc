/** The training log. */

import type { LogType } from './words';

export interface LogRow {
  /** Names the row as long as the task is what it is; only ever compared. */
  readonly id: string;
  readonly type: LogType;
  readonly attempt: number;
  readonly step: number | null;
  /** Null where the writer gave no time that can be one. */
  readonly wall_time: number | null;
  readonly message: string;
  readonly metrics: Readonly<Record<string, number | string | null>>;
  readonly derived: boolean;
  /** Accumulated step; null for a row that has no step. */
  readonly x: number | null;
}

export interface LogPage {
  readonly logs: readonly LogRow[];
  /** Number of the oldest of them among the rows that match, 0 the oldest of all. */
  readonly first: number;
  readonly next: string | null;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The oldest rows of a very long log, which have not been searched or counted. */
  readonly unsearched: number;
  /** Asked again, the search goes on: with what it finds, all numbers of rows grow. */
  readonly goes_on: boolean;
  readonly source: string;
}
