/** The training log of the open task: the latest rows at once, any other when it comes into sight. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Answer, Failure } from '../../wire/failure';
import type { LogPage, LogRow } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Connection } from '../connection';
import { filledIn, furtherBack, grown, isMoving, type Log, type LogFilter, logOf } from './log_rows';

export const LATEST_ROWS = 200;
/** A scroll through the whole log asks for what it stops at, not for all that flies by. */
const SETTLE_MS = 60;
/** The most that one question may ask for. */
const MOST_ROWS = 1000;

export class LogStore {
  readonly log: Signal<Log | null> = signal(null);
  readonly failure: Signal<Failure | null> = signal(null);
  readonly #task: string;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  readonly #paging = new Newest();
  readonly #collecting = new Newest();
  #filter: LogFilter;
  /** Rows of the last deltas: one that is told again is counted once. */
  readonly #counted = new Set<string>();
  /** Numbers of the rows in sight: from the first on, up to the second. */
  #sight: readonly [number, number] = [0, 0];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #page: number | null = null;

  constructor(task: string, client: Client, connection: Connection, filter: LogFilter) {
    this.#task = task;
    this.#client = client;
    this.#connection = connection;
    this.#filter = filter;
  }

  async load(filter: LogFilter = this.#filter): Promise<void> {
    this.#filter = filter;
    this.#drop();
    const answer = await this.#ask(this.#asking, {}, LATEST_ROWS);
    if (answer === null) return;
    this.failure.value = answer.ok ? null : answer.failure;
    if (!answer.ok) return;
    this.log.value = logOf(answer.value, filter, (this.log.peek()?.list ?? 0) + 1);
    void this.#goOn();
  }

  /** Millions of rows are searched in several visits, newest rows first. */
  async #goOn(): Promise<void> {
    while (this.log.peek()?.goesOn) {
      const answer = await this.#ask(this.#asking, {}, LATEST_ROWS);
      const log = this.log.peek();
      if (!answer?.ok || log === null) return;
      this.log.value = furtherBack(log, answer.value);
    }
  }

  /** The reader looks at the rows with these numbers: those that are not here are asked for. */
  see(from: number, to: number): void {
    this.#sight = [from, to];
    const page = this.#missing();
    if (page === null || page === this.#page) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fill(), SETTLE_MS);
  }

  /** Puts new rows on top, those that the reader's filter lets through. */
  append(told: readonly LogRow[]): void {
    const log = this.log.peek();
    if (log === null) return;
    this.log.value = grown(log, told, this.#counted, this.#sight[0], LATEST_ROWS);
    for (const { id } of told) this.#counted.add(id);
    for (const id of this.#counted) {
      if (this.#counted.size <= MOST_ROWS) break;
      this.#counted.delete(id);
    }
  }

  /** The newest rows that match, newest first; fewer than `most` where there are no more, null where it failed. */
  async collect(most: number): Promise<readonly LogRow[] | null> {
    const rows: LogRow[] = [];
    for (let before: string | null = null; rows.length < most; ) {
      const asked: Asked = { before };
      const answer: Answer<LogPage> | null = await this.#ask(this.#collecting, asked, MOST_ROWS);
      if (!answer?.ok) return null;
      rows.push(...answer.value.logs);
      before = answer.value.next;
      if (before === null) break;
    }
    return rows.slice(0, most);
  }

  close(): void {
    for (const asked of [this.#asking, this.#collecting]) asked.drop();
    this.#drop();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#paging.drop();
    this.#page = null;
  }

  /** Where the first page begins that holds a row in sight which is not here. */
  #missing(): number | null {
    const log = this.log.peek();
    const [from, to] = this.#sight;
    if (log !== null && isMoving(log)) return null;
    // Newest first, as they are read.
    for (let number = Math.min(to, log?.total ?? 0) - 1; number >= Math.max(from, 0); number -= 1)
      if (!log?.rows.has(number)) return number - (number % LATEST_ROWS);
    return null;
  }

  async #fill(): Promise<void> {
    for (let page = this.#missing(); page !== null; page = this.#missing()) {
      this.#page = page;
      const first = page;
      const answer = await this.#ask(this.#paging, { first }, LATEST_ROWS);
      if (answer === null) return;
      this.#page = null;
      this.failure.value = answer.ok ? null : answer.failure;
      const log = this.log.peek();
      if (!answer.ok || log === null || !covers(answer.value, first)) return;
      this.log.value = filledIn(log, answer.value, this.#sight[0], LATEST_ROWS);
    }
  }

  /** Null where a newer question has made this one stale: that it was broken off says nothing of the connection. */
  async #ask(asking: Newest, asked: Asked, limit: number): Promise<Answer<LogPage> | null> {
    const { types, search } = this.#filter;
    const filter = { type: types, search: search || undefined };
    const question = { task: this.#task, limit, before: null, ...filter, ...asked };
    const answer = await asking.ask((signal) => this.#client.logs(question, signal));
    return answer && this.#connection.heard(answer);
  }
}

type Asked = { readonly before?: string | null; readonly first?: number };

/** A log that has shrunk has nothing there; a `reset` is on its way. */
function covers(page: LogPage, first: number): boolean {
  return page.first === first && page.logs.length > 0;
}
