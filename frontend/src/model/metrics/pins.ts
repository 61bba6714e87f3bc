/** Which scalars the reader has pinned to the top of a task, kept by the browser: a link has its own. */

import type { Shelf } from '../../base/shelf';

const KEY = 'trainmon.pins';
/** The tasks that were pinned last. */
const MOST_TASKS = 200;

type Kept = readonly (readonly [task: string, pins: readonly string[]])[];

export class Pins {
  readonly #shelf: Shelf | null;

  /** Without a shelf (a browser that keeps no site's data) they last as long as the page's URL. */
  constructor(shelf: Shelf | null) {
    this.#shelf = shelf;
  }

  of(task: string): readonly string[] {
    return this.#read().find(([id]) => id === task)?.[1] ?? [];
  }

  keep(task: string, pins: readonly string[]): void {
    const others = this.#read().filter(([id]) => id !== task);
    const kept = pins.length === 0 ? others : [...others, [task, pins]];
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(kept.slice(-MOST_TASKS)));
    } catch {
      // a browser that keeps nothing
    }
  }

  /** Read anew each time: another tab may have pinned meanwhile. */
  #read(): Kept {
    try {
      const kept: unknown = JSON.parse(this.#shelf?.getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isKept) : [];
    } catch {
      return [];
    }
  }
}

function isKept(one: unknown): one is Kept[number] {
  return Array.isArray(one) && typeof one[0] === 'string' && isTexts(one[1]);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
