/** Small messages to build tests from. */

import type {
  Attempt,
  Columns,
  Insight,
  LogRow,
  LogType,
  Metric,
  Series,
  Task,
  TaskList,
  TaskSummary,
} from '../src/wire/messages';

/** A series whose points are at these x, with the value x / 10. */
export function seriesAt(x: readonly number[], changes: Partial<Series> = {}): Series {
  return { ...columnsAt(x, x.length), cropped_points: 0, ...changes };
}

export function columnsAt(x: readonly number[], total: number, changes: Partial<Columns> = {}): Columns {
  return {
    run: 'tb',
    tag: 'train/loss',
    total_points: total,
    x,
    step: x,
    wall_time: x.map((one) => 1000 + one),
    value: x.map((one) => one / 10),
    smoothed: x.map((one) => one / 10),
    attempt: x.map(() => 1),
    non_finite: [],
    ...changes,
  };
}

export function row(id: number, type: LogType = 'step', message = ''): LogRow {
  return {
    id: String(id),
    type,
    attempt: 1,
    step: id,
    wall_time: id,
    message,
    metrics: {},
    derived: true,
    x: id,
  };
}

export function attempt(number: number, changes: Partial<Attempt>): Attempt {
  return {
    attempt: number,
    kind: number === 1 ? 'first' : 'restart',
    status: 'stopped',
    start_step: 0,
    last_step: null,
    x_start: 0,
    x_end: 0,
    started_at: null,
    ended_at: null,
    active_start_s: null,
    first_at: null,
    last_at: null,
    config: null,
    changed: {},
    ...changes,
  };
}

export function insight(id: string, changes: Partial<Insight> = {}): Insight {
  return {
    id,
    rule: 'plateau',
    severity: 'warning',
    title: 'The loss is flat',
    evidence: 'It fell by 0.01 over 500 steps.',
    advice: 'Raise the learning rate.',
    metric: 'loss',
    attempt: 1,
    x_start: 10,
    x_end: 20,
    step_start: 10,
    step_end: 20,
    since: 1010,
    open: true,
    facts: {},
    ...changes,
  };
}

export function metric(name: string, changes: Partial<Metric> = {}): Metric {
  return {
    metric: name,
    run: 'tb',
    tag: name,
    points: 1,
    last_value: 1,
    last_step: 1,
    note: null,
    label: name,
    better: null,
    role: 'train',
    ...changes,
  };
}

export function task(changes: Partial<Task> = {}): Task {
  return {
    id: 'job',
    name: 'job',
    status: 'running',
    status_reason: 'The last event is 1 s old.',
    mode: 'live',
    step: 10,
    total_steps: 100,
    progress: 0.1,
    eta: null,
    last_event_at: 1,
    usual_gap_s: 1,
    started_at: 0,
    total_source: null,
    total_refuted: [],
    kind: 'language_model',
    kind_reason: '',
    lead: ['loss', 'perplexity'],
    insights: [],
    insights_looked: [],
    metrics: [],
    offered: [],
    attempts: [],
    launches_without_scalars: 0,
    facts: {},
    problems: [],
    ...changes,
  };
}

export function summary(changes: Partial<TaskSummary> = {}): TaskSummary {
  const { metrics, offered, attempts, lead, insights, ...rest } = task();
  return {
    ...rest,
    attempts: 1,
    loss: null,
    lead_metric: null,
    lead_label: null,
    lead_better: null,
    lead_value: null,
    ...changes,
  };
}

/** A list that is whole, with these tasks. */
export function taskList(...tasks: TaskSummary[]): TaskList {
  return {
    tasks,
    whole: true,
    revision: 'boot:1',
    insights: {},
    problems: [],
    progress: null,
    reader: 'kernel',
  };
}
