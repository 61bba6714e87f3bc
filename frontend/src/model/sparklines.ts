/** The curves of the rows in sight: asked for once they rest there, kept, and looked at again slowly while a task runs. */

import { type Signal, signal } from '@preact/signals';
import type { Client } from '../wire/client';
import type { Sparkline } from '../wire/messages';
import { Newest } from '../wire/newest';

/** As many as the server answers at once. */
const MOST_AT_ONCE = 64;
const MOST_KEPT = 512;
const SETTLE_MS = 150;
const AGAIN_MS = 30_000;

/** A row that a curve may be asked for. */
export interface Row {
  readonly id: string;
  readonly mode: 'live' | 'history';
  /** Null where nothing leads, and so there is no curve. */
  readonly lead_value: number | string | null;
}

interface Kept {
  /** Null where the task has no loss. */
  readonly line: Sparkline | null;
  readonly at: number;
  /** Whether there is more to come: the task runs, or its points were not at hand. */
  readonly isOpen: boolean;
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
    const same = rows.length === this.#rows.length && rows.every((row, at) => row.id === this.#rows[at]?.id);
    this.#rows = rows;
    if (same) return;
    this.#asking.drop();
    clearTimeout(this.#timer);
    if (rows.length > 0) this.#timer = setTimeout(() => void this.#ask(), SETTLE_MS);
  }

  async #ask(): Promise<void> {
    for (const { id } of this.#rows) this.#touch(id);
    const due = this.#rows.filter((row) => this.#isDue(row)).slice(0, MOST_AT_ONCE);
    if (due.length > 0) {
      const ids = due.map((row) => row.id);
      const answer = await this.#asking.ask((signal) => this.#client.sparklines(ids, signal));
      if (answer === null) return;
      const lines = answer.ok ? answer.value.sparklines : {};
      for (const row of due) this.#keep(row, lines[row.id] ?? null);
      this.revision.value += 1;
    }
    const isMore = this.#rows.some((row) => this.#isDue(row));
    this.#timer = setTimeout(() => void this.#ask(), isMore ? 0 : AGAIN_MS);
  }

  #isDue({ id, mode }: Row): boolean {
    const kept = this.#kept.get(id);
    if (kept === undefined) return true;
    // One that ended since has its last points still to come.
    return (kept.isOpen || mode === 'live') && this.#clock() - kept.at >= AGAIN_MS / 1000;
  }

  #touch(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#kept.set(id, kept);
  }

  #keep({ id, mode, lead_value }: Row, line: Sparkline | null): void {
    const isOpen = mode === 'live' || (line === null && lead_value !== null);
    this.#kept.delete(id);
    this.#kept.set(id, { line, at: this.#clock(), isOpen });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}
