/** Asks the server. URLs are relative: the frame's base is `plugin/trainmon/`, wherever a proxy may have put TensorBoard. */

import { type Answer, answered } from './failure';
import { ask, type Fetch, fetchJson, urlOf } from './http';
import type {
  Axis,
  Deltas,
  Expected,
  Guide,
  LogPage,
  Marks,
  SeriesSet,
  Sparklines,
  Task,
  TaskList,
} from './messages';

export interface Smoothing {
  readonly ema: number;
  readonly ma: number;
}

export interface SeriesQuestion extends Smoothing {
  readonly task: string;
  readonly metric?: readonly string[];
  /** In the place of names: only so many, those that lead. */
  readonly leading?: number;
  readonly view: 'latest' | 'all';
  /** What `x_min` and `x_max` are on; accumulated steps unless it says another. */
  readonly axis?: Axis;
  readonly x_min?: number;
  readonly x_max?: number;
}

export interface PointsQuestion extends Smoothing {
  readonly task: string;
  /** None yet: then everything counts as a reset. */
  readonly cursor: string | null;
  readonly metric: readonly string[];
  readonly total_steps: number | null;
}

export interface LogsQuestion {
  readonly task: string;
  readonly limit: number;
  readonly before: string | null;
  /** Rows by their number among those that match, 0 the oldest: `limit` of them from this one on. Not with `before`. */
  readonly first?: number | undefined;
  readonly type: readonly string[];
  /** Only rows that hold all of these words. */
  readonly search?: string | undefined;
}

export interface Client {
  /** All tasks, or those judged since a revision where the server can tell. */
  tasks(since: string, signal: AbortSignal): Promise<Answer<TaskList>>;
  task(task: string, totalSteps: number | null, signal: AbortSignal): Promise<Answer<Task>>;
  series(question: SeriesQuestion, signal: AbortSignal): Promise<Answer<SeriesSet>>;
  points(question: PointsQuestion, signal: AbortSignal): Promise<Answer<Deltas>>;
  logs(question: LogsQuestion, signal: AbortSignal): Promise<Answer<LogPage>>;
  marks(task: string, signal: AbortSignal): Promise<Answer<Marks>>;
  expected(task: string, signal: AbortSignal): Promise<Answer<Expected>>;
  guide(signal: AbortSignal): Promise<Answer<Guide>>;
  sparklines(tasks: readonly string[], signal: AbortSignal): Promise<Answer<Sparklines>>;
  /** Where the points of a task are to be had as a file, or why not in this format. */
  exported(task: string, format: string): Promise<Answer<string>>;
}

export function createClient(fetch: Fetch): Client {
  return {
    tasks: (since, signal) => ask(fetch, 'tasks', { since: since || null }, 'tasks', signal),
    task: (task, total_steps, signal) => ask(fetch, 'task', { task, total_steps }, 'metrics', signal),
    series: (question, signal) => ask(fetch, 'series', { ...question }, 'series', signal),
    points: (question, signal) => ask(fetch, 'points', { ...question }, 'messages', signal),
    logs: (question, signal) => ask(fetch, 'logs', { ...question }, 'logs', signal),
    marks: (task, signal) => ask(fetch, 'marks', { task }, 'marks', signal),
    expected: (task, signal) => ask(fetch, 'expected', { task }, 'expected', signal),
    guide: (signal) => ask(fetch, 'guide', {}, 'guide', signal),
    sparklines: (task, signal) => ask(fetch, 'sparklines', { task }, 'sparklines', signal),
    exported: (task, format) => exported(fetch, urlOf('export', { task, format })),
  };
}

/** Asks for the head alone, since the file may be large; what is refused is asked again for its sentence. */
async function exported(fetch: Fetch, url: string): Promise<Answer<string>> {
  const { signal } = new AbortController();
  const head = await fetch(url, { signal, method: 'HEAD' }).catch(() => null);
  if (head?.ok) return answered(url);
  const answer = await fetchJson(fetch, url, signal);
  return answer.ok ? answered(url) : answer;
}
