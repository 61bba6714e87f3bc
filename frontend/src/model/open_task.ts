/** The task that is looked at: its facts, its series and its log, brought up to date by deltas from a cursor on. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../wire/client';
import type { Failure } from '../wire/failure';
import type { Deltas, LogType, Message, Task } from '../wire/messages';
import { Newest } from '../wire/newest';
import type { Connection } from './connection';
import { LogStore } from './log_store';
import type { Outcome } from './pulse';
import { type Look, SeriesStore } from './series_store';

export interface OpenTaskOptions {
  readonly look: Look;
  readonly total: number | null;
  readonly types: readonly LogType[];
}

export class OpenTask {
  readonly id: string;
  readonly task: Signal<Task | null> = signal(null);
  /** Why the task could not be opened; a task that was open once stays on the page. */
  readonly failure: Signal<Failure | null> = signal(null);
  readonly series: SeriesStore;
  readonly logs: LogStore;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  readonly #polling = new Newest();
  #total: number | null;
  #cursor: string | null = null;

  constructor(id: string, client: Client, connection: Connection, options: OpenTaskOptions) {
    this.id = id;
    this.#client = client;
    this.#connection = connection;
    this.#total = options.total;
    this.series = new SeriesStore(id, client, connection, options.look);
    this.logs = new LogStore(id, client, connection, options.types);
  }

  /** Asks for everything: on opening, after a `reset`, and once the server is back. */
  async load(): Promise<void> {
    await Promise.all([this.#loadTask(), this.logs.load(), this.series.refresh()]);
  }

  async setTotal(total: number | null): Promise<void> {
    this.#total = total;
    this.#polling.drop();
    await this.#loadTask();
  }

  /** What came since the last time. A beat during which series are still on their way is left out. */
  async poll(): Promise<Outcome> {
    if (this.series.pending) return 'well';
    const answer = await this.#polling.ask((signal) => this.#client.points(this.#question(), signal));
    if (answer === null) return 'well';
    this.#connection.heard(answer);
    if (!answer.ok) return this.#refused(answer.failure);
    this.#take(answer.value);
    return 'well';
  }

  /** Shows other series. A poll under way knows nothing of them, so it is dropped; its cursor was not taken either. */
  async want(metrics: readonly string[]): Promise<void> {
    this.#polling.drop();
    await this.series.want(metrics);
  }

  async look(look: Look): Promise<void> {
    this.#polling.drop();
    await this.series.refresh(look);
  }

  close(): void {
    for (const asked of [this.#asking, this.#polling, this.series, this.logs]) {
      if (asked instanceof Newest) asked.drop();
      else asked.close();
    }
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
    const cursor = this.#cursor ?? this.series.firstCursor;
    return { task: this.id, cursor, metric, ema, ma, total_steps: this.#total };
  }

  #refused(failure: Failure): Outcome {
    if (failure.kind === 'refused' && failure.status < 500) this.failure.value = failure;
    return 'badly';
  }

  #take(deltas: Deltas): void {
    this.#cursor = deltas.cursor;
    if (deltas.messages.some((message) => message.type === 'reset')) void this.load();
    else for (const message of deltas.messages) this.#apply(message);
  }

  #apply(message: Message): void {
    switch (message.type) {
      case 'task':
        this.task.value = message.task;
        return;
      case 'points':
        this.series.append(message.series);
        return;
      case 'logs':
        this.logs.append(message.logs);
        return;
      case 'reset':
        return;
    }
  }
}
