/** One task that is open, as it is judged by all its points. */

import type { TaskCore } from './list';
import type { NonFinite, Problem, Severity, Status } from './words';

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
