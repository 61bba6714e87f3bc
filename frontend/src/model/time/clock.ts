/** The time that words count by. While news come, a beat waits for the next of them: then words and lines are one frame of the page. */

import { type Signal, signal } from '@preact/signals';
import { Pulse } from './pulse';

const EVERY_MS = 1000;
/** Longer than from one tick of a busy training to the next. */
const WAITS_MS = 400;

export class Clock {
  /** Seconds since the epoch. */
  readonly now: Signal<number>;
  readonly #time: () => number;
  readonly #pulse = new Pulse(EVERY_MS, async () => {
    this.#due();
    return 'well';
  });
  #heardAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(time: () => number) {
    this.#time = time;
    this.now = signal(time());
  }

  start(): void {
    this.#pulse.start();
  }

  stop(): void {
    this.#pulse.stop();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Something has come that is drawn now. */
  news(): void {
    this.#heardAt = this.#time();
    if (this.#timer !== undefined) this.#beat();
  }

  #due(): void {
    const isBusy = this.#time() - this.#heardAt < WAITS_MS / 1000;
    if (!isBusy) this.#beat();
    else this.#timer ??= setTimeout(() => this.#beat(), WAITS_MS);
  }

  #beat(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.now.value = this.#time();
  }
}
