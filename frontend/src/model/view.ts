/** The reader's choices as one signal, written to the URL shortly after each change and read again when the URL changes. */

import { effect, type Signal, signal } from '@preact/signals';
import { debounce } from '../base/debounce';
import { readHash, writeHash } from '../base/hash';
import { hashFromView, type ViewValues, viewFromHash } from './view_values';

/** The page whose URL holds the view: TensorBoard's, around our frame. */
export type Page = Pick<Window, 'location' | 'history' | 'addEventListener' | 'removeEventListener'>;

/** Browsers refuse more than some hundred URL changes in half a minute, and a slider makes that many in a second. */
const WRITE_AFTER_MS = 250;

export class View {
  readonly values: Signal<ViewValues>;

  constructor(page: Page) {
    this.values = signal(viewFromHash(readHash(page.location.hash)));
    const write = debounce<ViewValues>(WRITE_AFTER_MS, (values) => writeTo(page, values));
    effect(() => write(this.values.value));
    page.addEventListener('hashchange', () => this.#readFrom(page));
  }

  set(changes: Partial<ViewValues>): void {
    this.values.value = { ...this.values.value, ...changes };
  }

  /** Another task has its own charts, zoom and total; the smoothing and the rest stay as they are. */
  openTask(task: string): void {
    if (task === this.values.peek().task) return;
    this.set({ task, range: null, total: null, anyway: [], large: null });
  }

  toggle(list: 'open' | 'anyway' | 'log' | 'folded', item: string): void {
    const items = this.values.value[list];
    this.set({ [list]: items.includes(item) ? items.filter((other) => other !== item) : [...items, item] });
  }

  /** TensorBoard drops our keys from the hash on some of its own moves: that is no choice of the reader's. */
  #readFrom(page: Page): void {
    const values = readHash(page.location.hash);
    if (Object.keys(values).length === 0) writeTo(page, this.values.peek());
    else this.values.value = viewFromHash(values);
  }
}

function writeTo(page: Page, values: ViewValues): void {
  const { pathname, search, hash } = page.location;
  const changed = writeHash(hash, hashFromView(values));
  if (changed !== hash) page.history.replaceState(page.history.state, '', pathname + search + changed);
}
