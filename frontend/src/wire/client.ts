/** Asks the server. URLs are relative: the frame's base is `plugin/trainmon/`, wherever a proxy may have put TensorBoard. */

import { decodeLogs, decodePoints, decodeSeries, decodeTask, decodeTasks } from './decoders';
import { type Answer, answered, type Failure, failed } from './failure';
import type { Deltas, LogPage, SeriesSet, Task, TaskList } from './messages';
import { type Decoder, ShapeError } from './shape';

type Value = string | number | readonly string[] | null | undefined;
type Query = Readonly<Record<string, Value>>;

export interface Smoothing {
  readonly ema: number;
  readonly ma: number;
}

export interface SeriesQuestion extends Smoothing {
  readonly task: string;
  readonly metric: readonly string[];
  readonly view: 'latest' | 'all';
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
  readonly type: readonly string[];
}

export interface Client {
  tasks(signal: AbortSignal): Promise<Answer<TaskList>>;
  task(task: string, totalSteps: number | null, signal: AbortSignal): Promise<Answer<Task>>;
  series(question: SeriesQuestion, signal: AbortSignal): Promise<Answer<SeriesSet>>;
  points(question: PointsQuestion, signal: AbortSignal): Promise<Answer<Deltas>>;
  logs(question: LogsQuestion, signal: AbortSignal): Promise<Answer<LogPage>>;
}

export type Fetch = (url: string, init: { signal: AbortSignal }) => Promise<Response>;

export function createClient(fetch: Fetch): Client {
  return {
    tasks: (signal) => ask(fetch, 'tasks', {}, decodeTasks, signal),
    task: (task, total_steps, signal) => ask(fetch, 'task', { task, total_steps }, decodeTask, signal),
    series: (question, signal) => ask(fetch, 'series', { ...question }, decodeSeries, signal),
    points: (question, signal) => ask(fetch, 'points', { ...question }, decodePoints, signal),
    logs: (question, signal) => ask(fetch, 'logs', { ...question }, decodeLogs, signal),
  };
}

async function ask<T>(fetch: Fetch, route: string, query: Query, decoder: Decoder<T>, signal: AbortSignal) {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(urlOf(route, query), { signal });
    body = await readJson(response);
  } catch (error) {
    return failed(unreachable(error));
  }
  return response.ok ? decoded(route, decoder, body) : failed(refused(response, body));
}

export function urlOf(route: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? route : `${route}?${text}`;
}

/** A proxy's error page is no JSON: that is the status's to tell, not the parser's. */
async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decoded<T>(route: string, decoder: Decoder<T>, body: unknown): Answer<T> {
  try {
    return answered(decoder(body, ''));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const sentence = `The server's answer to '${route}' is not what this page expects: ${error.message}.`;
    return failed({ kind: 'malformed', sentence });
  }
}

function unreachable(error: unknown): Failure {
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'unreachable', sentence: `TensorBoard does not answer (${detail}).` };
}

function refused(response: Response, body: unknown): Failure {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | undefined)?.error;
  if (typeof error?.message === 'string') {
    return { kind: 'refused', status: response.status, code: String(error.code), sentence: error.message };
  }
  const sentence = `The server answered ${response.status} without saying why.`;
  return { kind: 'refused', status: response.status, code: 'unexplained', sentence };
}
