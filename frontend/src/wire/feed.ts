/** A tab's end of the live connection: says what it watches, and hears what comes. */

import { type Answer, answered, failed } from './failure';
import {
  type FeedQuestion,
  type FromWorker,
  HERE_EVERY_MS,
  type Port,
  type ToWorker,
  type Way,
} from './feed_messages';
import type { Deltas } from './messages';

/** A worker that has said nothing for so long does not work in this browser. */
const READY_WITHIN_MS = 4000;

export type WorkerPort = Port<ToWorker, FromWorker>;
/** Hears what came, or (null) that the way is now this one. */
export type Hear = (answer: Answer<Deltas> | null, way: Way) => void;

export interface Feed {
  /** Calls back with what comes in the task from the cursor on, until what it returns is called. */
  watch(question: FeedQuestion, cursor: string, hear: Hear): () => void;
}

interface Watch {
  readonly question: FeedQuestion;
  cursor: string;
  readonly hear: Hear;
}

export interface Workers {
  /** The worker of all tabs, or null where the browser has none; `onError` is called if it does not start. */
  shared(onError: () => void): WorkerPort | null;
  /** The same in this page. */
  own(): Promise<WorkerPort>;
}

export class WorkerFeed implements Feed {
  readonly #workers: Workers;
  readonly #watches = new Map<number, Watch>();
  #port: WorkerPort | null = null;
  #isReady = false;
  #begun = false;
  #next = 1;

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  watch(question: FeedQuestion, cursor: string, hear: Hear): () => void {
    const id = this.#next++;
    this.#watches.set(id, { question, cursor, hear });
    if (this.#begun) this.#ask(id);
    else this.#begin();
    return () => {
      this.#watches.delete(id);
      this.#port?.postMessage({ kind: 'leave', id });
    };
  }

  /** The page goes away, or may be frozen. */
  leave(): void {
    this.#port?.postMessage({ kind: 'bye' });
  }

  #begin(): void {
    this.#begun = true;
    const fallBack = () => void this.#useOwn();
    const shared = this.#workers.shared(fallBack);
    if (shared === null) fallBack();
    else this.#use(shared);
    setTimeout(fallBack, READY_WITHIN_MS);
    setInterval(() => this.#watches.size > 0 && this.#port?.postMessage({ kind: 'here' }), HERE_EVERY_MS);
  }

  async #useOwn(): Promise<void> {
    if (this.#isReady) return;
    this.#isReady = true;
    this.leave();
    this.#use(await this.#workers.own());
  }

  #use(port: WorkerPort): void {
    this.#port = port;
    port.onmessage = ({ data }) => {
      if (port === this.#port) this.#take(data);
    };
    this.#askAll();
  }

  #askAll(): void {
    for (const id of this.#watches.keys()) this.#ask(id);
  }

  #ask(id: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    this.#port?.postMessage({ kind: 'watch', id, question: watch.question, cursor: watch.cursor });
  }

  #take(message: FromWorker): void {
    const again = this.#isReady && message.kind === 'ready';
    this.#isReady = true;
    if (again) this.#askAll();
    if (message.kind === 'ready') return;
    const watch = this.#watches.get(message.id);
    if (watch === undefined) return;
    if (message.kind === 'news') {
      watch.cursor = message.deltas.cursor;
      watch.hear(answered(message.deltas), message.way);
    } else if (message.kind === 'trouble') watch.hear(failed(message.failure), 'poll');
    else watch.hear(null, 'stream');
  }
}
