/** Remembers how the task stood when the tab was hidden, and says once what has happened when it is shown again. */

import { type Signal, signal } from '@preact/signals';
import { meanwhileText, type Standing } from './meanwhile';

export interface Meanwhile {
  readonly seconds: number;
  readonly text: string;
}

/** Who was away for less has missed nothing. */
const SHORTEST_S = 5;
/** By then the cursor has caught up, or (the first time too early) the log has been asked again. */
const LOOK_AFTER_MS = [800, 3000];
const SAID_FOR_MS = 30_000;

export class Absence {
  readonly meanwhile: Signal<Meanwhile | null> = signal(null);
  readonly #standing: () => Standing | null;
  #left: Standing | null = null;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(standing: () => Standing | null) {
    this.#standing = standing;
  }

  show(shown: boolean): void {
    if (!shown) {
      this.dismiss();
      this.#left ??= this.#standing();
    } else if (this.#left !== null) {
      const left = this.#left;
      this.#left = null;
      this.#timers = LOOK_AFTER_MS.map((wait) => setTimeout(() => this.#look(left), wait));
    }
  }

  dismiss(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.meanwhile.value = null;
  }

  #look(left: Standing): void {
    const now = this.#standing();
    const text = now === null ? '' : meanwhileText(left, now);
    if (now === null || text === '' || now.at - left.at < SHORTEST_S) return;
    this.dismiss();
    this.meanwhile.value = { seconds: now.at - left.at, text };
    this.#timers = [setTimeout(() => this.dismiss(), SAID_FOR_MS)];
  }
}
