/** What may go wrong between the browser and the server, each with a sentence that can be shown as it is. */

export type Failure =
  | { readonly kind: 'unreachable'; readonly sentence: string }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly sentence: string }
  | { readonly kind: 'malformed'; readonly sentence: string };

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function answered<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): Answer<never> {
  return { ok: false, failure };
}

export function isUnknownTask(failure: Failure): boolean {
  return failure.kind === 'refused' && failure.code === 'unknown_task';
}
