/**
 * The connection for one question: a stream, and polling wherever a stream does not get through. Both go on from the same
 * cursor, so whatever is cut, buffered or refused on the way, no message is lost.
 */

import { type EventSet, EventSetReader } from '../wire/event_stream';
import type { Failure } from '../wire/failure';
import type { FeedQuestion, Way } from '../wire/feed_messages';
import { ask, type Fetch, urlOf } from '../wire/http';
import type { Deltas } from '../wire/messages';

const POLL_EVERY_MS = 1000;
const SLOWEST_MS = 15_000;
/** Our server sends something at once: a stream that is silent so long at its beginning is held back by a proxy. */
const OPENS_WITHIN_MS = 3000;
/** Our server says something every 15 s: a stream that is silent so long is dead, or held back behind its opening. */
const SILENCE_MS = 25_000;
/** A stream that lasted so long was a good one: it is opened again without waiting. */
const GOOD_MS = 5000;
/** The first pause after a stream that failed, and after one that was held back: that one has cost news their time. */
const FAILED_MS = 1000;
const HELD_BACK_MS = 60_000;

export interface LineEvents {
  news(deltas: Deltas, way: Way): void;
  /** A stream has been opened; nothing may have happened on it yet. */
  streaming(): void;
  trouble(failure: Failure): void;
  /** Whether this line may hold a stream: a browser has few connections to a host. */
  mayStream(): boolean;
}

export class Line {
  readonly #question: FeedQuestion;
  readonly #fetch: Fetch;
  readonly #events: LineEvents;
  #cursor: string;
  #abort = new AbortController();
  #isClosed = false;
  #isStreaming = false;
  #wake = () => {};
  #streamFrom = 0;
  #badStreams = 0;
  #heldBack = 0;
  #badPolls = 0;

  /** `client` names the streams: the server ends the one before. */
  constructor(
    readonly client: string,
    question: FeedQuestion,
    cursor: string,
    fetch: Fetch,
    events: LineEvents,
  ) {
    this.#question = question;
    this.#cursor = cursor;
    this.#fetch = fetch;
    this.#events = events;
    void this.#run();
  }

  get cursor(): string {
    return this.#cursor;
  }

  get isStreaming(): boolean {
    return this.#isStreaming;
  }

  close(): void {
    this.#isClosed = true;
    this.#abort.abort();
    this.#wake();
  }

  async #run(): Promise<void> {
    // Whoever makes a line must have it before it asks anything back.
    await Promise.resolve();
    while (!this.#isClosed) {
      // The server ends a good stream after a while: the next one brings what was missed.
      while (this.#isStreamDue()) await this.#stream();
      // Behind one that was cut off, a poll gets it.
      if (!this.#isClosed) await this.#poll();
      if (!this.#isClosed && !this.#isStreamDue()) await this.#rest();
    }
  }

  #isStreamDue(): boolean {
    return (
      !this.#isClosed && this.#badPolls === 0 && Date.now() >= this.#streamFrom && this.#events.mayStream()
    );
  }

  async #stream(): Promise<void> {
    const began = Date.now();
    const abort = this.#newAbort();
    let watchdog = setTimeout(() => abort.abort(), OPENS_WITHIN_MS);
    try {
      for await (const sets of this.#sets(abort.signal)) {
        if (!this.#isStreaming) this.#events.streaming();
        this.#isStreaming = true;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        for (const set of sets) this.#take(set);
      }
    } catch {
      // Cut off, refused or out of reach: the poll that follows finds out which, and says it.
    }
    clearTimeout(watchdog);
    const isGood = this.#isStreaming && Date.now() - began >= GOOD_MS;
    this.#isStreaming = false;
    this.#streamFrom = Date.now() + this.#pauseAfter(abort.signal.aborted, isGood);
  }

  /** How long to poll before the next stream. Streams that were held back count until a good one: each is news come late. */
  #pauseAfter(isHeldBack: boolean, isGood: boolean): number {
    if (isHeldBack) return backOff(++this.#heldBack, HELD_BACK_MS);
    if (isGood) this.#heldBack = 0;
    this.#badStreams = isGood ? 0 : this.#badStreams + 1;
    return backOff(this.#badStreams, FAILED_MS);
  }

  async *#sets(signal: AbortSignal): AsyncGenerator<readonly EventSet[]> {
    const query = { ...this.#question, cursor: this.#cursor, client: this.client };
    // Some proxies stream for this header alone.
    const headers = { Accept: 'text/event-stream' };
    const response = await this.#fetch(urlOf('stream', query), { signal, headers });
    const type = response.headers.get('Content-Type') ?? '';
    if (!response.ok || !response.body || !type.startsWith('text/event-stream')) throw new Error(type);
    const [sets, text, reader] = [new EventSetReader(), new TextDecoder(), response.body.getReader()];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      yield sets.read(text.decode(part.value, { stream: true }));
    }
  }

  #take({ cursor, messages }: EventSet): void {
    this.#cursor = cursor;
    this.#events.news({ task: this.#question.task, cursor, messages }, 'stream');
  }

  async #poll(): Promise<void> {
    const answer = await askSince(this.#fetch, this.#question, this.#cursor, this.#newAbort().signal);
    if (this.#isClosed) return;
    this.#badPolls = answer.ok ? 0 : this.#badPolls + 1;
    if (answer.ok) {
      this.#cursor = answer.value.cursor;
      this.#events.news(answer.value, 'poll');
    } else this.#events.trouble(answer.failure);
  }

  #newAbort(): AbortController {
    this.#abort = new AbortController();
    if (this.#isClosed) this.#abort.abort();
    return this.#abort;
  }

  async #rest(): Promise<void> {
    const milliseconds = Math.min(POLL_EVERY_MS * 2 ** this.#badPolls, SLOWEST_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What came since a cursor, by the route that always works. */
export function askSince(fetch: Fetch, question: FeedQuestion, cursor: string, signal: AbortSignal) {
  return ask<Deltas>(fetch, 'points', { ...question, cursor }, 'cursor', signal);
}

/** No time after no failure, then 1, 2, 4, ... up to 32 times the first. */
function backOff(failures: number, first: number): number {
  return failures === 0 ? 0 : first * 2 ** Math.min(failures - 1, 5);
}
