/** The task that is looked at: its facts, its series and its log, brought up to date by deltas from a cursor on. */

import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { painted } from '../../base/frames';
import type { Client } from '../../wire/client';
import type { Answer, Failure } from '../../wire/failure';
import type { Feed } from '../../wire/feed';
import type { Way } from '../../wire/feed_messages';
import type { Deltas, Message, Task } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Connection } from '../connection';
import type { LogFilter } from '../log/log_rows';
import type { LogStore } from '../log/log_store';
import type { Look } from '../view/look';
import { MarksStore } from './marks_store';
import { SeriesStore } from './series_store';

export interface OpenTaskOptions {
  readonly look: Look;
  readonly total: number | null;
  /** Whether what leads is sure to be looked at: the reader has folded and pinned no chart. */
  readonly isUsual: boolean;
  readonly filter: LogFilter;
}

type First = 'coming' | 'here' | 'drawn';

export class OpenTask {
  readonly id: string;
  readonly task: Signal<Task | null> = signal(null);
  /** Why the task could not be opened; a task that was open once stays on the page. */
  readonly failure: Signal<Failure | null> = signal(null);
  /** How news come while the task is followed. */
  readonly way: Signal<Way | null> = signal(null);
  readonly series: SeriesStore;
  readonly marks: MarksStore;
  readonly #client: Client;
  readonly #feed: Feed;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  readonly #polling = new Newest();
  readonly #isUsual: boolean;
  readonly #first = signal<First>('coming');
  #total: number | null;
  #cursor: string | null = null;
  #isFollowed = false;
  #leave: (() => void) | null = null;
  /** Questions under way whose answers deltas must not overtake. */
  #loading = 0;
  #logs: LogStore | null = null;
  #filter: LogFilter;
  #isRestDue = false;
  #isClosed = false;
  /** What came meanwhile. */
  #held: Deltas[] = [];

  constructor(id: string, client: Client, feed: Feed, connection: Connection, options: OpenTaskOptions) {
    this.id = id;
    this.#client = client;
    this.#feed = feed;
    this.#connection = connection;
    this.#isUsual = options.isUsual;
    this.#total = options.total;
    this.series = new SeriesStore(id, client, connection, options.look);
    this.#filter = options.filter;
    this.marks = new MarksStore(id, client, connection);
  }

  /** Asks for everything: on opening, after a `reset`, and once the server is back. */
  async load(): Promise<void> {
    this.#isRestDue = true;
    const isFirst = this.#isUsual && this.task.peek() === null;
    const series = isFirst ? this.series.lead() : this.series.refresh();
    await this.#until(Promise.all([this.#loadTask(), series]));
  }

  /** How far the first charts are; those that will never come count as drawn. */
  get first(): ReadonlySignal<First> {
    return this.#first;
  }

  /** The training log, where anybody has looked at it. */
  get logs(): LogStore | null {
    return this.#logs;
  }

  /** The training log, by the code that comes with the part that shows it: none of the first screen needs it. */
  logsBy(Store: typeof LogStore): LogStore {
    if (this.#logs !== null) return this.#logs;
    const logs = new Store(this.id, this.#client, this.#connection, this.#filter);
    this.#logs = logs;
    if (this.#first.peek() === 'drawn' && !this.#isClosed) void this.#until(logs.load());
    return logs;
  }

  filterLogs(filter: LogFilter): void {
    this.#filter = filter;
    void this.#logs?.load(filter);
  }

  async setTotal(total: number | null): Promise<void> {
    this.#total = total;
    this.#drop();
    await this.#until(this.#loadTask());
  }

  /** Hears of news as they happen, or no longer; from the cursor on, so what came in between is not missed. */
  follow(followed: boolean): void {
    if (followed === this.#isFollowed) return;
    this.#isFollowed = followed;
    this.#drop();
    this.#watch();
  }

  /** What came since the last time, asked once. */
  async poll(): Promise<void> {
    if (this.#loading > 0) return;
    const question = { ...this.#question(), cursor: this.#cursor ?? this.series.firstCursor };
    const answer = await this.#polling.ask((signal) => this.#client.points(question, signal));
    if (answer !== null) this.#hear(answer);
  }

  /** Shows other series. Whatever is under way knows nothing of them, so it is dropped; its cursor was not taken either. */
  async want(metrics: readonly string[]): Promise<void> {
    this.#drop();
    await this.#until(this.series.want(metrics));
  }

  async look(look: Look): Promise<void> {
    this.#drop();
    await this.#until(this.series.refresh(look));
  }

  close(): void {
    this.#isClosed = true;
    this.#isFollowed = false;
    this.#drop();
    for (const asked of [this.#asking, this.#polling]) asked.drop();
    for (const store of [this.series, this.#logs, this.marks]) store?.close();
  }

  #drop(): void {
    this.#polling.drop();
    this.#leave?.();
    this.#leave = null;
    this.#held = [];
    this.way.value = null;
  }

  #watch(): void {
    if (!this.#isFollowed || this.#leave !== null || this.#loading > 0) return;
    const cursor = this.#cursor ?? this.series.firstCursor;
    // A task without a scalar has no series to name a cursor: the first poll does.
    if (cursor === null) void this.poll();
    else this.#leave = this.#feed.watch(this.#question(), cursor, (...heard) => this.#hear(...heard));
  }

  async #until(loaded: Promise<unknown>): Promise<void> {
    this.#loading += 1;
    await loaded;
    this.#loading -= 1;
    if (this.#loading === 0) this.#settle();
    this.#watch();
  }

  #settle(): void {
    for (const deltas of this.#held.splice(0)) this.#take(deltas);
    if (this.#isRestDue) void this.#until(this.#loadRest());
  }

  /** What stands beside the charts and in them: no chart is to wait for it, in the server's queue or here. */
  async #loadRest(): Promise<void> {
    this.#isRestDue = false;
    if (this.#first.peek() === 'coming') {
      this.#first.value = 'here';
      await painted();
      this.#first.value = 'drawn';
    }
    if (this.#isClosed || this.task.peek() === null) return;
    void this.marks.load();
    await this.#logs?.load();
  }

  async #loadTask(): Promise<void> {
    const answer = await this.#asking.ask((signal) => this.#client.task(this.id, this.#total, signal));
    if (answer === null) return;
    this.#connection.heard(answer);
    this.failure.value = answer.ok ? null : answer.failure;
    if (answer.ok) this.task.value = answer.value;
  }

  #question() {
    const { ema, ma } = this.series.look;
    const ready = this.series.ready;
    // No metric at all would mean every metric of the task; one that is listed costs less.
    const metric =
      ready.length > 0 ? ready : (this.task.peek()?.metrics ?? []).slice(0, 1).map((one) => one.metric);
    return { task: this.id, metric, ema, ma, total_steps: this.#total };
  }

  #hear(answer: Answer<Deltas> | null, way: Way | null = null): void {
    if (way !== null) this.way.value = way;
    if (answer === null) this.#connection.well();
    else {
      this.#connection.heard(answer);
      if (answer.ok) this.#take(answer.value);
      else if (answer.failure.kind === 'refused' && answer.failure.status < 500)
        this.failure.value = answer.failure;
    }
  }

  /** An answer that is on its way may be older than these deltas: they wait until it is here. */
  #take(deltas: Deltas): void {
    if (this.#loading > 0) this.#held.push(deltas);
    else this.#apply(deltas);
  }

  #apply({ cursor, messages }: Deltas): void {
    this.#cursor = cursor;
    if (messages.some((message) => message.type === 'reset')) void this.load();
    else batch(() => messages.forEach((message) => void this.#applyOne(message)));
  }

  #applyOne(message: Message): void {
    switch (message.type) {
      case 'task':
        this.marks.hearTask(this.task.peek(), message.task);
        this.task.value = message.task;
        return;
      case 'points':
        void this.#until(this.series.append(message.series));
        return;
      case 'logs':
        this.marks.hearLog(message.logs);
        this.#logs?.append(message.logs);
        return;
      case 'reset':
        return;
    }
  }
}
