/** The training log of the open task: the latest rows, and as many older ones as the reader pages to. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../wire/client';
import type { Failure } from '../wire/failure';
import type { LogPage, LogRow, LogType } from '../wire/messages';
import { Newest } from '../wire/newest';
import type { Connection } from './connection';
import { mergeNewer, mergeOlder, ofTypes } from './log_merge';

export const LATEST_ROWS = 200;

export interface Log {
  readonly rows: readonly LogRow[];
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly source: string;
  readonly hasOlder: boolean;
}

export class LogStore {
  readonly log: Signal<Log | null> = signal(null);
  readonly failure: Signal<Failure | null> = signal(null);
  readonly loadingOlder: Signal<boolean> = signal(false);
  readonly #task: string;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  readonly #paging = new Newest();
  #types: readonly LogType[];
  #next: string | null = null;
  /** Rows of the last deltas, of all types: one that is told again is counted once. */
  #counted: readonly string[] = [];
  /** Rows were let go of below, so `#next` no longer continues what is held. */
  #trimmed = false;

  constructor(task: string, client: Client, connection: Connection, types: readonly LogType[]) {
    this.#task = task;
    this.#client = client;
    this.#connection = connection;
    this.#types = types;
  }

  async load(types: readonly LogType[] = this.#types): Promise<void> {
    this.#types = types;
    this.#paging.drop();
    this.loadingOlder.value = false;
    const answer = await this.#asking.ask((signal) => this.#page(null, signal));
    if (answer === null) return;
    if (this.#keepFailure(answer)) this.#replace(answer.value);
  }

  async loadOlder(): Promise<void> {
    if (this.loadingOlder.peek() || this.log.peek()?.hasOlder !== true) return;
    this.loadingOlder.value = true;
    if (this.#trimmed) await this.load();
    this.loadingOlder.value = true;
    const before = this.#next;
    const answer = await this.#paging.ask((signal) => this.#page(before, signal));
    if (answer === null) return;
    this.loadingOlder.value = false;
    if (this.#keepFailure(answer)) this.#extend(answer.value);
  }

  /** Puts new rows on top, those that the reader's filter lets through. */
  append(delta: readonly LogRow[]): void {
    const log = this.log.peek();
    if (log === null) return;
    const merged = mergeNewer(log.rows, ofTypes(delta, this.#types));
    const added = merged.added.length;
    const fresh = delta.filter(
      (row) => !this.#counted.includes(row.id) && !log.rows.some((known) => known.id === row.id),
    );
    const counts = countIn(log.counts, fresh);
    this.#counted = [...this.#counted, ...fresh.map((row) => row.id)].slice(-LATEST_ROWS);
    this.log.value = { ...log, rows: merged.rows, counts, total: log.total + added };
  }

  /** Lets go of all but the latest rows, once the reader is back at the top. */
  trim(): void {
    const log = this.log.peek();
    if (log === null || log.rows.length <= LATEST_ROWS) return;
    this.#trimmed = true;
    this.log.value = { ...log, rows: log.rows.slice(0, LATEST_ROWS), hasOlder: true };
  }

  close(): void {
    this.#asking.drop();
    this.#paging.drop();
  }

  async #page(before: string | null, signal: AbortSignal) {
    const question = { task: this.#task, limit: LATEST_ROWS, before, type: this.#types };
    return this.#connection.heard(await this.#client.logs(question, signal));
  }

  #keepFailure(answer: Awaited<ReturnType<Client['logs']>>): answer is { ok: true; value: LogPage } {
    this.failure.value = answer.ok ? null : answer.failure;
    return answer.ok;
  }

  #replace(page: LogPage): void {
    this.#trimmed = false;
    this.#next = page.next;
    this.log.value = { ...page, rows: page.logs, hasOlder: page.next !== null };
  }

  /** The page's own total may count rows whose delta is still on its way; what is counted here already holds. */
  #extend(page: LogPage): void {
    const log = this.log.peek();
    if (log === null) return;
    this.#next = page.next;
    this.log.value = { ...log, rows: mergeOlder(log.rows, page.logs), hasOlder: page.next !== null };
  }
}

function countIn(counts: Readonly<Record<string, number>>, rows: readonly LogRow[]): Record<string, number> {
  const sums = { ...counts };
  for (const row of rows) sums[row.type] = (sums[row.type] ?? 0) + 1;
  return sums;
}
