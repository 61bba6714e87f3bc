/** One question over HTTP, and what may come of it: JSON, or a failure that can be said. */

import { type Answer, answered, type Failure, failed } from './failure';

type Value = string | number | readonly string[] | null | undefined;
export type Query = Readonly<Record<string, Value>>;

export type Fetch = (
  url: string,
  init: { signal: AbortSignal; method?: string; headers?: Record<string, string> },
) => Promise<Response>;

export function urlOf(route: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? route : `${route}?${text}`;
}

export async function fetchJson(fetch: Fetch, url: string, signal: AbortSignal): Promise<Answer<unknown>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal });
    body = await readJson(response);
  } catch (error) {
    return failed(unreachable(error));
  }
  return response.ok ? answered(body) : failed(refused(response, body));
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

/** Asks a route of ours; `key` is one that its answer always has. */
export async function ask<T>(
  fetch: Fetch,
  route: string,
  query: Query,
  key: keyof T & string,
  signal: AbortSignal,
): Promise<Answer<T>> {
  const answer = await fetchJson(fetch, urlOf(route, query), signal);
  return answer.ok ? checked<T>(route, key, answer.value) : answer;
}

/**
 * The page and the server come in one package, and the tests hold both to the same golden messages, down to the last field.
 * What is checked here, three times a second in every reader's browser, is only that it is our server that answers.
 */
function checked<T>(route: string, key: keyof T & string, body: unknown): Answer<T> {
  if (typeof body === 'object' && body !== null && key in body) return answered(body as T);
  const sentence = `What came for '${route}' is no answer of TrainMon's.`;
  return failed({ kind: 'malformed', sentence });
}
