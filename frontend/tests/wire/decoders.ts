/** The shape of each message, down to the last field: what the page trusts is what the tests hold the server to. */

import type {
  Attempt,
  Best,
  Columns,
  Deltas,
  Eta,
  Expectation,
  Expected,
  Explanation,
  Guide,
  Insight,
  InsightCounts,
  ListProgress,
  LogPage,
  LogRow,
  Looked,
  Mark,
  Marks,
  Message,
  Metric,
  OfferedMetric,
  Problem,
  RefutedTotal,
  Series,
  SeriesSet,
  Sparkline,
  Sparklines,
  Task,
  TaskList,
  TaskSummary,
  TimeSpent,
} from '../../src/wire/messages';
import {
  anything,
  boolean,
  type Decoder,
  list,
  nullable,
  number,
  numbers,
  numbersOrNull,
  object,
  oneOf,
  optional,
  pair,
  record,
  ShapeError,
  string,
  variants,
} from './shape';

const status = oneOf('pending', 'running', 'completed', 'failed', 'stopped');
const nonFinite = oneOf('nan', 'inf', '-inf');
const maybeNumber = nullable(number);

const problem = object<Problem>({ code: string, where: string, message: string });
const problems = list(problem);

const taskCore = {
  id: string,
  name: string,
  status,
  status_reason: string,
  mode: oneOf('live', 'history'),
  step: maybeNumber,
  total_steps: maybeNumber,
  progress: maybeNumber,
  eta: nullable(object<Eta>({ low_s: number, high_s: number, finish_at: number })),
  last_event_at: maybeNumber,
  started_at: maybeNumber,
  usual_gap_s: maybeNumber,
  clock_off_s: number,
} as const;

const attempt = object<Attempt>({
  attempt: number,
  kind: oneOf('first', 'restart', 'resume'),
  because: optional(nullable(string), undefined),
  status,
  start_step: number,
  last_step: maybeNumber,
  x_start: number,
  x_end: number,
  started_at: maybeNumber,
  ended_at: maybeNumber,
  active_start_s: maybeNumber,
  first_at: maybeNumber,
  last_at: maybeNumber,
  config: nullable(record(anything)),
  changed: record(pair(anything, anything)),
});

const metric = object<Metric>({
  metric: string,
  run: string,
  tag: string,
  points: number,
  last_value: maybeNumber,
  last_non_finite: optional(nonFinite, undefined),
  last_step: maybeNumber,
  note: nullable(string),
  label: string,
  better: nullable(oneOf('higher', 'lower')),
  role: string,
});

const spent = {
  training_s: number,
  evaluation_s: number,
  checkpoint_s: number,
  stalled_s: number,
  repeated_s: number,
  down_s: number,
  start_s: number,
} as const;
const timeSpent = object<TimeSpent>(spent);

const insight = object<Insight>({
  id: string,
  rule: string,
  severity: oneOf('error', 'warning', 'info'),
  title: string,
  evidence: string,
  advice: string,
  metric: nullable(string),
  attempt: number,
  x_start: number,
  x_end: number,
  step_start: number,
  step_end: number,
  since: maybeNumber,
  open: boolean,
  facts: record(numberOrWord),
});

const task = object<Task>({
  ...taskCore,
  total_source: nullable(string),
  total_refuted: list(object<RefutedTotal>({ steps: number, source: string, reason: string })),
  kind: string,
  kind_reason: string,
  lead: list(string),
  next_evaluation_at: maybeNumber,
  next_checkpoint_at: maybeNumber,
  at_risk_s: maybeNumber,
  time: optional(nullable(timeSpent), undefined),
  time_of_attempts: list(object<{ attempt: number } & TimeSpent>({ attempt: number, ...spent })),
  insights: list(insight),
  insights_looked: list(object<Looked>({ rule: string, looked: boolean, why: nullable(string) })),
  metrics: list(metric),
  offered: list(object<OfferedMetric>({ metric: string, why: string })),
  attempts: list(attempt),
  launches_without_scalars: number,
  facts: record(anything),
  problems,
});

const columnFields = {
  run: string,
  tag: string,
  total_points: number,
  x: numbers,
  step: numbers,
  wall_time: numbersOrNull,
  value: numbersOrNull,
  smoothed: numbersOrNull,
  attempt: numbers,
  non_finite: list(pair(number, nonFinite)),
} as const;

const columns = parallel(object<Columns>(columnFields));
const series = parallel(object<Series>({ ...columnFields, cropped_points: number }));

/** Columns of unequal length would draw one point's value at another point's step. */
function parallel<T extends Columns>(decoder: Decoder<T>): Decoder<T> {
  return (value, path) => {
    const found = decoder(value, path);
    for (const name of ['step', 'wall_time', 'value', 'smoothed', 'attempt'] as const) {
      if (found[name].length === found.x.length) continue;
      throw new ShapeError(`${path}.${name}`, `${found.x.length} long, as x is`, found[name].length);
    }
    return found;
  };
}

const logRow = object<LogRow>({
  id: string,
  type: oneOf('start', 'step', 'eval', 'checkpoint', 'end'),
  attempt: number,
  step: maybeNumber,
  wall_time: maybeNumber,
  message: string,
  metrics: record(numberOrWord),
  derived: boolean,
  x: maybeNumber,
});

function numberOrWord(value: unknown, path: string): number | string | null {
  return typeof value === 'string' || value === null ? value : number(value, path);
}

const message = variants<Message>({
  task: object<Message & { type: 'task' }>({ type: oneOf('task'), task }),
  points: object<Message & { type: 'points' }>({
    type: oneOf('points'),
    revision: number,
    series: record(columns),
  }),
  logs: object<Message & { type: 'logs' }>({ type: oneOf('logs'), logs: list(logRow), total: number }),
  reset: object<Message & { type: 'reset' }>({ type: oneOf('reset'), reason: string }),
});

export const decodeTask: Decoder<Task> = task;

export const decodeTasks: Decoder<TaskList> = object<TaskList>({
  tasks: list(
    object<TaskSummary>({
      ...taskCore,
      attempts: number,
      loss: numberOrWord,
      lead_metric: nullable(string),
      lead_label: nullable(string),
      lead_better: nullable(oneOf('higher', 'lower')),
      lead_value: numberOrWord,
    }),
  ),
  whole: boolean,
  revision: string,
  insights: record(object<InsightCounts>({ error: number, warning: number, info: number })),
  problems,
  progress: nullable(
    object<ListProgress>({ stage: oneOf('scanning', 'judging'), done: number, total: nullable(number) }),
  ),
  reader: oneOf('kernel', 'python'),
});

export const decodeSeries: Decoder<SeriesSet> = object<SeriesSet>({
  task: string,
  revision: number,
  cursor: string,
  attempts: list(attempt),
  series: record(series),
});

export const decodePoints: Decoder<Deltas> = object<Deltas>({
  task: string,
  cursor: string,
  messages: list(message),
});

export const decodeLogs: Decoder<LogPage> = object<LogPage>({
  logs: list(logRow),
  first: number,
  next: nullable(string),
  total: number,
  counts: record(number),
  unsearched: number,
  goes_on: boolean,
  source: string,
});

const placed = { x: number, step: number, attempt: number, wall_time: maybeNumber } as const;
const mark = object<Mark>({ type: oneOf('eval', 'checkpoint', 'learning_rate'), ...placed, text: string });
const best = object<Best>({ metric: string, value: number, ...placed, checkpoint: nullable(mark) });

export const decodeMarks: Decoder<Marks> = object<Marks>({
  task: string,
  revision: number,
  marks: list(mark),
  omitted: number,
  best: nullable(best),
});

const expectation = object<Expectation>({
  metric: string,
  attempt: number,
  x: numbers,
  step: numbers,
  value: numbers,
  low: numbers,
  high: numbers,
  schedule: string,
});

export const decodeExpected: Decoder<Expected> = object<Expected>({
  task: string,
  revision: number,
  expected: nullable(expectation),
  why: nullable(string),
});

const explanation = { meaning: string, ideal: string, abnormal: string, tips: string, absent: string };

export const decodeGuide: Decoder<Guide> = object<Guide>({ guide: record(object<Explanation>(explanation)) });

export const decodeSparklines: Decoder<Sparklines> = object<Sparklines>({
  sparklines: record(object<Sparkline>({ metric: string, values: numbersOrNull, whole: boolean })),
});
