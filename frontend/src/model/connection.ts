/** Whether the server answers: one place that every answer reports to, so that the page says it once. */

import { type Signal, signal } from '@preact/signals';
import type { Answer, Failure } from '../wire/failure';

export interface Trouble {
  readonly failure: Failure;
  /** When the first of the failures since the last good answer came. */
  readonly since: number;
}

export class Connection {
  readonly trouble: Signal<Trouble | null> = signal(null);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  well(): void {
    this.trouble.value = null;
  }

  /** Passes the answer on. A refusal (a 4xx) is an answer all the same: whoever asked deals with it. */
  heard<T>(answer: Answer<T>): Answer<T> {
    if (answer.ok || isRefusal(answer.failure)) this.well();
    else this.trouble.value = { failure: answer.failure, since: this.trouble.peek()?.since ?? this.#now() };
    return answer;
  }
}

function isRefusal(failure: Failure): boolean {
  return failure.kind === 'refused' && failure.status < 500 && !isAbsent(failure);
}

/** Nobody answered, or something else did in the server's place: once it is back, it may be another one. */
export function isAbsent(failure: Failure): boolean {
  return failure.kind !== 'refused' || failure.code === 'unexplained';
}
