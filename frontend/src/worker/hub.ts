/** Shares connections: however many tabs ask the same, there is one for all of them. */

import {
  type FeedQuestion,
  type FromWorker,
  HERE_EVERY_MS,
  type Port,
  type ToWorker,
} from '../wire/feed_messages';
import type { Fetch } from '../wire/http';
import { askSince, Line } from './line';

/** Questions that are streamed; a browser allows about six connections to a host, and TensorBoard needs some too. */
const MOST_STREAMS = 2;
const GONE_AFTER_MS = 6 * HERE_EVERY_MS;
const CATCH_UP_EVERY_MS = 1000;

export type TabPort = Port<FromWorker, ToWorker>;

interface Watch {
  readonly tab: TabPort;
  readonly id: number;
  /** What came while the watch catches up with the line. */
  held: FromWorker[] | null;
}

interface Shared {
  readonly line: Line;
  readonly watches: Set<Watch>;
}

export class Hub {
  readonly #fetch: Fetch;
  /** No other hub has it, be it of another browser. */
  readonly #name = Math.random();
  readonly #shared = new Map<string, Shared>();
  readonly #heard = new Map<TabPort, number>();

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
    setInterval(() => this.#sweep(), HERE_EVERY_MS);
  }

  connect(tab: TabPort): void {
    this.#heard.set(tab, Date.now());
    tab.onmessage = ({ data }) => this.#hear(tab, data);
    tab.postMessage({ kind: 'ready' });
  }

  #hear(tab: TabPort, message: ToWorker): void {
    // One that was given up, because the machine slept or the page was frozen: it has to say anew what it watches.
    if (message.kind === 'here' && !this.#heard.has(tab)) tab.postMessage({ kind: 'ready' });
    this.#heard.set(tab, Date.now());
    switch (message.kind) {
      case 'watch':
        this.#watch({ tab, id: message.id, held: null }, message.question, message.cursor);
        break;
      case 'leave':
        this.#leave((watch) => watch.tab === tab && watch.id === message.id);
        break;
      case 'bye':
        this.#heard.delete(tab);
        this.#leave((watch) => watch.tab === tab);
        break;
    }
  }

  #watch(watch: Watch, question: FeedQuestion, cursor: string): void {
    const key = JSON.stringify(question);
    const known = this.#shared.get(key);
    if (known === undefined) {
      this.#shared.set(key, { line: this.#open(key, question, cursor), watches: new Set([watch]) });
      return;
    }
    known.watches.add(watch);
    if (known.line.isStreaming) watch.tab.postMessage({ kind: 'streaming', id: watch.id });
    if (known.line.cursor !== cursor) void this.#catchUp(known, watch, question, cursor);
  }

  #open(key: string, question: FeedQuestion, cursor: string): Line {
    const taken = [...this.#shared.values()].map(({ line }) => line.client);
    let client = `${this.#name}`;
    // The next that is free: so a new line ends a stream of an old one, if a proxy has kept that open.
    while (taken.includes(client)) client += '+';
    return new Line(client, question, cursor, this.#fetch, {
      news: (deltas, way) => this.#tell(key, (id) => ({ kind: 'news', id, deltas, way })),
      streaming: () => this.#tell(key, (id) => ({ kind: 'streaming', id })),
      trouble: (failure) => this.#tell(key, (id) => ({ kind: 'trouble', id, failure })),
      mayStream: () => [...this.#shared.keys()].indexOf(key) < MOST_STREAMS,
    });
  }

  #tell(key: string, message: (id: number) => FromWorker): void {
    for (const watch of this.#shared.get(key)?.watches ?? []) {
      const said = message(watch.id);
      if (watch.held) watch.held.push(said);
      else watch.tab.postMessage(said);
    }
  }

  /** One that stands elsewhere than the line first gets what it lacks; what the line brings meanwhile comes behind. */
  async #catchUp(shared: Shared, watch: Watch, question: FeedQuestion, cursor: string): Promise<void> {
    watch.held = [];
    while (shared.watches.has(watch)) {
      const answer = await askSince(this.#fetch, question, cursor, new AbortController().signal);
      if (answer.ok) {
        watch.tab.postMessage({ kind: 'news', id: watch.id, deltas: answer.value, way: 'poll' });
        for (const message of watch.held) watch.tab.postMessage(message);
        watch.held = null;
        return;
      }
      watch.tab.postMessage({ kind: 'trouble', id: watch.id, failure: answer.failure });
      await new Promise((resolve) => setTimeout(resolve, CATCH_UP_EVERY_MS));
    }
  }

  #leave(goes: (watch: Watch) => boolean): void {
    for (const [key, { line, watches }] of this.#shared) {
      for (const watch of watches) if (goes(watch)) watches.delete(watch);
      if (watches.size > 0) continue;
      line.close();
      this.#shared.delete(key);
    }
  }

  #sweep(): void {
    for (const [tab, at] of this.#heard) {
      if (Date.now() - at < GONE_AFTER_MS) continue;
      this.#heard.delete(tab);
      this.#leave((watch) => watch.tab === tab);
    }
  }
}
