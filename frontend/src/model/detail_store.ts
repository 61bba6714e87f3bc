/** A zoomed stretch of a thinned history, asked again for that stretch alone, down to every single point. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../wire/client';
import type { Series } from '../wire/messages';
import { Newest } from '../wire/newest';
import type { Connection } from './connection';
import type { OpenTask } from './open_task';
import type { Look } from './series_store';
import type { Range } from './view_values';

export interface Detail {
  readonly task: string;
  readonly range: Range;
  readonly series: Readonly<Record<string, Series>>;
}

export class DetailStore {
  readonly detail: Signal<Detail | null> = signal(null);
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();

  constructor(client: Client, connection: Connection) {
    this.#client = client;
    this.#connection = connection;
  }

  async ask(
    open: OpenTask | null,
    range: Range | null,
    look: Look,
    metrics: readonly string[],
  ): Promise<void> {
    this.#asking.drop();
    if (open === null || range === null || metrics.length === 0) {
      this.detail.value = null;
      return;
    }
    const question = { task: open.id, metric: metrics, ...look, x_min: range.min, x_max: range.max };
    const answer = await this.#asking.ask((signal) => this.#client.series(question, signal));
    if (answer === null) return;
    this.#connection.heard(answer);
    this.detail.value = answer.ok ? { task: open.id, range, series: answer.value.series } : null;
  }
}
