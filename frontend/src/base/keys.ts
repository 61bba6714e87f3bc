/** The one table of keys: the sheet behind `?` shows what the handler obeys. */

import { type Signal, signal } from '@preact/signals';

/** What a key works on; the sheet is in this order. */
export const KEY_AREAS = ['Page', 'Tasks', 'Charts', 'Log'] as const;
export type KeyArea = (typeof KEY_AREAS)[number];

export interface KeyBinding {
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  /** What it does, as the sheet says it. */
  readonly words: string;
  readonly area: KeyArea;
  readonly action: () => void;
}

export class Keys {
  readonly bindings: Signal<readonly KeyBinding[]> = signal([]);

  /** Takes a key for as long as what is returned is not called; of two who want the same, the latter has it. */
  bind(binding: KeyBinding): () => void {
    this.bindings.value = [...this.bindings.peek(), binding];
    return () => {
      this.bindings.value = this.bindings.peek().filter((other) => other !== binding);
    };
  }

  /** Never while somebody types or a dialog is open, and never with Ctrl, Alt or Meta: those belong to the browser. */
  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTaken(event.target, event.key)) return;
    const binding = [...this.bindings.peek()].reverse().find(({ key }) => key === event.key);
    if (binding === undefined) return;
    event.preventDefault();
    binding.action();
  }
}

const FIELDS =
  'select, textarea, [contenteditable], dialog, input:not([type=checkbox], [type=radio], [type=range])';

function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  // A slider moves by arrows and the like; letters are free there.
  return (
    target.closest(FIELDS) !== null ||
    (key.length > 1 && target.matches('input[type=range]') && key !== 'Escape')
  );
}
