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
  /** Answers false where there is nothing to do: then the key is left to the browser. */
  readonly action: () => unknown;
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

  /**
   * Whether the key was one of ours, and its action is done. Never while somebody types or a dialog is open, and never with
   * Ctrl, Alt or Meta: those belong to the browser.
   */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return false;
    if (isTaken(event.target as Partial<Element> | null, event.key)) return false;
    const binding = [...this.bindings.peek()].reverse().find(({ key }) => key === event.key);
    if (binding === undefined || binding.action() === false) return false;
    event.preventDefault();
    return true;
  }
}

const FIELDS =
  'select, textarea, [contenteditable], dialog, [role=dialog], input:not([type=checkbox], [type=radio], [type=range])';

/** By what it can, not by its class: an element of TensorBoard's page is of another `Element` than ours. */
function isTaken(target: Partial<Element> | null, key: string): boolean {
  if (target?.closest?.(FIELDS)) return true;
  // A slider moves by arrows and the like; letters are free there.
  return key.length > 1 && key !== 'Escape' && target?.matches?.('input[type=range]') === true;
}
