/** The reader's choices as one signal, written to the URL shortly after each change and read again when the URL changes. */

import { effect, type Signal, signal } from '@preact/signals';
import { debounce } from '../../base/debounce';
import { readHash, writeHash } from '../../base/hash';
import { hashFromView, type ViewValues, viewFromHash } from './view_values';

/** The page whose URL holds the view: TensorBoard's, around our frame. */
export type Page = Pick<Window, 'location' | 'history' | 'addEventListener'>;

/** Browsers refuse more than some hundred URL changes in half a minute, and a slider makes that many in a second. */
const WRITE_AFTER_MS = 250;

export class View {
  readonly values: Signal<ViewValues>;
  readonly #page: Page;
  /** Values that went into the URL at once; to write them again later might overtake a step back that is under way. */
  #written: ViewValues | null = null;

  /** `life` is that of our page, which its host outlives. */
  constructor(page: Page, life: AbortSignal) {
    this.#page = page;
    this.values = signal(viewFromHash(readHash(page.location.hash)));
    const write = debounce<ViewValues>(WRITE_AFTER_MS, (values) => {
      if (values !== this.#written) writeTo(page, values);
    });
    effect(() => write(this.values.value));
    page.addEventListener('hashchange', () => this.#readFrom(page), { signal: life });
  }

  set(changes: Partial<ViewValues>): void {
    this.values.value = { ...this.values.value, ...changes };
  }

  /**
   * Another task has its own charts, zoom and total; the smoothing and the rest stay as they are. It is a step that the
   * browser's "back" undoes: the place that is left names its task, so that it can be come back to.
   */
  openTask(task: string): void {
    const before = this.values.peek();
    if (task === before.task) return;
    writeTo(this.#page, { ...before, task: before.task ?? '' });
    this.set(of(task));
    this.#written = this.values.peek();
    writeTo(this.#page, this.#written, 'pushState');
  }

  showAll(): void {
    this.openTask('');
  }

  /** The whole URL of a task as it would be shown now, for a link that can be opened beside this page. */
  hrefOf(task: string): string {
    const { location } = this.#page;
    const values = this.values.value;
    const isOther = values.task !== null && values.task !== task;
    const hash = hashFromView({ ...values, ...(isOther ? of(task) : { task }) });
    return location.origin + location.pathname + location.search + writeHash(location.hash, hash);
  }

  toggle(
    list: 'open' | 'anyway' | 'log' | 'folded' | 'pinned' | 'muted' | 'foldedGroups',
    item: string,
  ): void {
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

function of(task: string): Partial<ViewValues> {
  return { task, range: null, total: null, anyway: [], large: null, pinned: [], insight: null, muted: [] };
}

function writeTo(page: Page, values: ViewValues, how: 'replaceState' | 'pushState' = 'replaceState'): void {
  const { pathname, search, hash } = page.location;
  const changed = writeHash(hash, hashFromView(values));
  if (changed !== hash) page.history[how](page.history.state, '', pathname + search + changed);
}
