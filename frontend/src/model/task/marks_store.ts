/** The events on the charts' axis and the best evaluation. They are few and change seldom, so they are asked for whole. */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { LogRow, Marks, Task } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Connection } from '../connection';

/** Evaluations may come many times a second, and nobody reads pins that fast. */
export const MARKS_EVERY_MS = 3000;
/** Longer than from one tick of a busy training to the next. */
export const MARKS_WAIT_MS = 400;

export class MarksStore {
  readonly #marks = signal<Marks | null>(null);
  readonly #task: string;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isShown = true;
  /** Something has happened that the marks do not have. */
  #isStale = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  /** Marks that are shown with the next news. */
  #coming: Marks | null = null;

  constructor(task: string, client: Client, connection: Connection) {
    this.#task = task;
    this.#client = client;
    this.#connection = connection;
  }

  get marks(): ReadonlySignal<Marks | null> {
    return this.#marks;
  }

  /** Asks at once. Where there is no answer, what was known stays. */
  async load(): Promise<void> {
    this.#wait(null);
    this.#isStale = false;
    this.#askedAt = performance.now();
    const answer = await this.#asking.ask((signal) => this.#client.marks(this.#task, signal));
    if (answer === null) return;
    this.#connection.heard(answer);
    if (answer.ok) this.#take(answer.value);
    else this.#isStale = true;
  }

  /** All charts are drawn anew for them: while the task tells of itself again and again, in the same frame of the page. */
  #take(marks: Marks): void {
    this.#coming = marks;
    const isBusy = performance.now() - this.#toldAt < MARKS_WAIT_MS;
    if (!isBusy || this.#marks.peek() === null) this.#showComing();
    else setTimeout(() => this.#showComing(), MARKS_WAIT_MS);
  }

  #showComing(): void {
    if (this.#coming !== null) this.#marks.value = this.#coming;
    this.#coming = null;
  }

  /** New rows of the log: evaluations and checkpoints have marks. */
  hearLog(rows: readonly LogRow[]): void {
    if (rows.some(({ type }) => type === 'eval' || type === 'checkpoint')) this.#stir();
  }

  /** A task that has told of itself: an attempt that begins begins with a learning rate of its own. */
  hearTask(before: Task | null, now: Task): void {
    this.#toldAt = performance.now();
    this.#showComing();
    if (before !== null && before.attempts.length !== now.attempts.length) this.#stir();
  }

  /** Hidden, nothing is asked; what happened meanwhile is asked for when it is shown again. */
  show(shown: boolean): void {
    if (shown === this.#isShown) return;
    this.#isShown = shown;
    if (!shown) this.#wait(null);
    else if (this.#isStale) void this.load();
  }

  close(): void {
    this.#wait(null);
    this.#asking.drop();
  }

  #stir(): void {
    this.#isStale = true;
    if (this.#isShown && this.#timer === undefined)
      this.#wait(this.#askedAt + MARKS_EVERY_MS - performance.now());
  }

  /** Asks then, or (null) not at all. */
  #wait(milliseconds: number | null): void {
    clearTimeout(this.#timer);
    this.#timer =
      milliseconds === null ? undefined : setTimeout(() => void this.load(), Math.max(0, milliseconds));
  }
}
