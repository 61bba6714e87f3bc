/** The list of all tasks, and the curves of its rows. */

import type { Mode, Problem, Severity, Status } from './words';

export interface Eta {
  readonly low_s: number;
  readonly high_s: number;
  readonly finish_at: number;
}

export interface TaskCore {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly status_reason: string;
  readonly mode: Mode;
  readonly step: number | null;
  readonly total_steps: number | null;
  readonly progress: number | null;
  readonly eta: Eta | null;
  readonly last_event_at: number | null;
  readonly started_at: number | null;
  /** Seconds between recent points. */
  readonly usual_gap_s: number | null;
  /** Seconds by which the clock that wrote the times is ahead of ours. */
  readonly clock_off_s?: number;
}

/** A task as the list knows it: judged by the heads and tails of its files. */
export interface TaskSummary extends TaskCore {
  readonly attempts: number;
  /** The metric that a reader of such a training looks at first, how it is called, and its latest value as in `loss`. */
  readonly lead_metric: string | null;
  readonly lead_label: string | null;
  readonly lead_better: 'higher' | 'lower' | null;
  readonly lead_value: number | string | null;
  /** The latest loss; a word where it is not finite ("NaN", "Infinity", "-Infinity"), null where there is none. */
  readonly loss: number | string | null;
}

export interface TaskList {
  readonly tasks: readonly TaskSummary[];
  /** Whether these are all tasks that are known, or only those judged since the revision that was asked from. */
  readonly whole: boolean;
  readonly revision: string;
  /** By the task's id, of those that somebody looked at or that run. */
  readonly insights: Readonly<Record<string, InsightCounts>>;
  readonly problems: readonly Problem[];
  /** Null once all tasks are in the list. */
  readonly progress: ListProgress | null;
  /** What reads the event files; "python" is the slow one. */
  readonly reader: 'kernel' | 'python';
}

/** Folders scanned so far, then tasks judged of those there are. */
export interface ListProgress {
  readonly stage: 'scanning' | 'judging';
  readonly done: number;
  readonly total: number | null;
}

/** How many insights of a task are open. */
export type InsightCounts = Readonly<Record<Severity, number>>;

/** The course of a task's loss in a few dozen values; null where it was not finite. */
export interface Sparkline {
  readonly metric: string;
  readonly values: readonly (number | null)[];
  /** False where the file is so large that only samples of it were read. */
  readonly whole: boolean;
}

export interface Sparklines {
  /** By the task's id; a task without a loss is left out. */
  readonly sparklines: Readonly<Record<string, Sparkline>>;
}
