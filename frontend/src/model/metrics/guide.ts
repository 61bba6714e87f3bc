/** The explanations of the main charts: asked for when a reader first needs one. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Explanation } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Connection } from '../connection';

export type Explanations = Readonly<Record<string, Explanation>>;

export class GuideStore {
  /** Null until they are here. */
  readonly explanations: Signal<Explanations | null> = signal(null);
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  #isAsked = false;

  constructor(client: Client, connection: Connection) {
    this.#client = client;
    this.#connection = connection;
  }

  /** Asks, unless that was done; after a failure whoever needs it next asks again. */
  async need(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const answer = await this.#asking.ask((signal) => this.#client.guide(signal));
    if (answer === null) return;
    this.#connection.heard(answer);
    this.#isAsked = answer.ok;
    if (answer.ok) this.explanations.value = answer.value.guide;
  }
}
