/** The curves of the rows in sight: asked for once they rest there, kept, and looked at again slowly while a task runs. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Sparkline } from '../../wire/messages';
import { Newest } from '../../wire/newest';

/** As many as the server answers at once. */
const MOST_AT_ONCE = 64;
const MOST_KEPT = 512;
const SETTLE_MS = 150;
const AGAIN_S = 30;
/** Where points were not at hand: first so soon, then after twice as long each time. */
const MISSED_S = 2;
/** What is due so soon is asked along with what is due now. */
const TOGETHER_S = 1;

/** A row that a curve may be asked for. */
export interface Row {
  readonly id: string;
  readonly mode: 'live' | 'history';
  /** Null where nothing leads, and so there is no curve. */
  readonly lead_value: number | string | null;
}

interface Kept {
  /** Null where the task has no curve, or its points were not at hand. */
  readonly line: Sparkline | null;
  /** Whether the list knew of a value to lead when it was asked for. */
  readonly led: boolean;
  /** How often in a row there was none, though something leads. */
  readonly misses: number;
  /** When it is to be looked at again (s), if there is more to come. */
  readonly againAt: number;
}

export class SparklineStore {
  /** Rises with each answer: who draws curves reads it. */
  readonly revision: Signal<number> = signal(0);
  readonly #client: Client;
  readonly #clock: () => number;
  readonly #asking = new Newest();
  /** Least recently shown first. */
  readonly #kept = new Map<string, Kept>();
  #rows: readonly Row[] = [];
  /** Those that the question under way asks for. */
  #asked: readonly Row[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `clock` in seconds. */
  constructor(client: Client, clock: () => number) {
    this.#client = client;
    this.#clock = clock;
  }

  of(id: string): Sparkline | null {
    return this.#kept.get(id)?.line ?? null;
  }

  /** These rows are in sight now; none, when nobody looks. */
  show(rows: readonly Row[]): void {
    this.#rows = rows;
    const asked = this.#asked.map(({ id }) => id);
    // A list that only moves its rows, as each of its answers may, is no reason to ask a busy server once more.
    if (rows.some(({ id }) => asked.includes(id))) return;
    this.#asking.drop();
    this.#asked = [];
    this.#plan(SETTLE_MS);
  }

  /** Asks when the first of the rows is due, after this rest at the earliest. */
  #plan(restMs: number): void {
    clearTimeout(this.#timer);
    const first = Math.min(...this.#rows.map((row) => this.#dueAt(row)));
    if (first === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => void this.#ask(), Math.max(restMs, 1000 * (first - this.#clock())));
  }

  async #ask(): Promise<void> {
    for (const { id } of this.#rows) this.#touch(id);
    const by = this.#clock() + TOGETHER_S;
    const due = this.#rows.filter((row) => this.#dueAt(row) <= by).slice(0, MOST_AT_ONCE);
    this.#asked = due;
    const ids = due.map((row) => row.id);
    const answer = await this.#asking.ask((signal) => this.#client.sparklines(ids, signal));
    if (answer === null) return;
    this.#asked = [];
    // A curve that could not be had anew is still the curve of before.
    for (const row of due)
      this.#keep(row, answer.ok ? (answer.value.sparklines[row.id] ?? null) : this.of(row.id));
    this.revision.value += 1;
    this.#plan(0);
  }

  /** In seconds; never, where all that there is has come. */
  #dueAt({ id, mode, lead_value }: Row): number {
    const kept = this.#kept.get(id);
    if (kept === undefined || (!kept.led && lead_value !== null)) return Number.NEGATIVE_INFINITY;
    if (kept.againAt < Number.POSITIVE_INFINITY || mode === 'history') return kept.againAt;
    // It had ended, and was resumed.
    return this.#clock();
  }

  #touch(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#kept.set(id, kept);
  }

  #keep({ id, mode, lead_value }: Row, line: Sparkline | null): void {
    const led = lead_value !== null;
    const misses = line === null && led ? (this.#kept.get(id)?.misses ?? 0) + 1 : 0;
    const rest = misses > 0 ? Math.min(MISSED_S * 2 ** (misses - 1), AGAIN_S) : AGAIN_S;
    // One that ended since has its last points still to come.
    const isOpen = mode === 'live' || misses > 0;
    const againAt = isOpen ? this.#clock() + rest : Number.POSITIVE_INFINITY;
    this.#kept.delete(id);
    this.#kept.set(id, { line, led, misses, againAt });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}
