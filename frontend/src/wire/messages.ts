/** The messages of docs/http_api.md, with the wire's own key names: one vocabulary in the server, the documents and here. */

export type Status = 'pending' | 'running' | 'completed' | 'failed' | 'stopped';
export type Mode = 'live' | 'history';
export type LogType = 'start' | 'step' | 'eval' | 'checkpoint' | 'end';
/** What the x axis counts; `step` lays attempts over one another. */
export type Axis = 'accumulated' | 'step' | 'active' | 'wall';
export type NonFinite = 'nan' | 'inf' | '-inf';

export interface Problem {
  readonly code: string;
  readonly where: string;
  readonly message: string;
}

export interface Eta {
  readonly low_s: number;
  readonly high_s: number;
  readonly finish_at: number;
}

interface TaskCore {
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

/** A task that is open: judged by all its points. */
export interface Task extends TaskCore {
  readonly total_source: string | null;
  /** Totals that were named somewhere and cannot be. */
  readonly total_refuted: readonly RefutedTotal[];
  /** The kind of training, in words with `_` between them. */
  readonly kind: string;
  readonly kind_reason: string;
  /** The metrics that are looked at first in a training of its kind, the first one first. */
  readonly lead: readonly string[];
  readonly next_evaluation_at?: number | null;
  readonly next_checkpoint_at?: number | null;
  /** Seconds that a crash now would cost. */
  readonly at_risk_s?: number | null;
  /** Null where no wall time tells. */
  readonly time?: TimeSpent | null;
  readonly time_of_attempts?: readonly ({ readonly attempt: number } & TimeSpent)[];
  readonly insights: readonly Insight[];
  readonly insights_looked: readonly Looked[];
  readonly metrics: readonly Metric[];
  readonly offered: readonly OfferedMetric[];
  readonly attempts: readonly Attempt[];
  readonly launches_without_scalars: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

export interface RefutedTotal {
  readonly steps: number;
  readonly source: string;
  /** A phrase. */
  readonly reason: string;
}

/** Seconds, each counted once. */
export interface TimeSpent {
  readonly training_s: number;
  readonly evaluation_s: number;
  readonly checkpoint_s: number;
  readonly stalled_s: number;
  readonly repeated_s: number;
  readonly down_s: number;
  readonly start_s: number;
}

export type Severity = 'error' | 'warning' | 'info';

/** What a rule found, with its proof. */
export interface Insight {
  /** The same as long as it is the same finding. */
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  readonly evidence: string;
  readonly advice: string;
  readonly metric: string | null;
  readonly attempt: number;
  readonly x_start: number;
  readonly x_end: number;
  readonly step_start: number;
  readonly step_end: number;
  readonly since: number | null;
  /** Whether it still holds. */
  readonly open: boolean;
  readonly facts: Readonly<Record<string, number | string | null>>;
}

/** Whether a rule had something to look at, else why not. */
export interface Looked {
  readonly rule: string;
  readonly looked: boolean;
  readonly why: string | null;
}

export interface Metric {
  readonly metric: string;
  readonly run: string;
  readonly tag: string;
  readonly points: number;
  readonly last_value: number | null;
  /** There only where the last value is not finite. */
  readonly last_non_finite?: NonFinite;
  readonly last_step: number | null;
  readonly note: string | null;
  /** How it is called among people. */
  readonly label: string;
  /** Which way is the better one; null where neither is. */
  readonly better: 'higher' | 'lower' | null;
  /** What it is about: `train`, `eval`, `test`, `final` (a summary of the run) or `bookkeeping`. */
  readonly role: string;
}

export interface OfferedMetric {
  readonly metric: string;
  readonly why: string;
}

export type Settings = Readonly<Record<string, unknown>>;

export interface Attempt {
  readonly attempt: number;
  readonly kind: 'first' | 'restart' | 'resume';
  /** Why it is an attempt of its own, and why it starts where it does. */
  readonly because?: string | null;
  readonly status: Status;
  readonly start_step: number;
  readonly last_step: number | null;
  readonly x_start: number;
  readonly x_end: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  /** Seconds of training before it, downtime left out: where it begins on the axis of time without downtime. */
  readonly active_start_s: number | null;
  /** Times of its first and its last point. */
  readonly first_at: number | null;
  readonly last_at: number | null;
  readonly config: Settings | null;
  readonly changed: Readonly<Record<string, readonly [unknown, unknown]>>;
}

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

/** The course of a task's loss in a few dozen values; null where it was not finite. */
export interface Sparkline {
  readonly metric: string;
  readonly values: readonly (number | null)[];
  /** False where the file is so large that only samples of it were read. */
  readonly whole: boolean;
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

export interface Sparklines {
  /** By the task's id; a task without a loss is left out. */
  readonly sparklines: Readonly<Record<string, Sparkline>>;
}

export type Message =
  | { readonly type: 'task'; readonly task: Task }
  | { readonly type: 'points'; readonly revision: number; readonly series: Readonly<Record<string, Columns>> }
  | { readonly type: 'logs'; readonly logs: readonly LogRow[]; readonly total: number }
  | { readonly type: 'reset'; readonly reason: string };

export interface Deltas {
  readonly task: string;
  readonly cursor: string;
  readonly messages: readonly Message[];
}
