/** What every view may reach: the model, the painter of the charts, the theme, the keys, the page's life. */

import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import type { KeyArea, Keys } from '../base/keys';
import type { Theme } from '../base/theme';
import type { Painter } from '../chart/invalidation';
import type { Monitor } from '../model/monitor';
import type { OpenTask } from '../model/task/open_task';
import type { Task } from '../wire/messages';

export interface AppContext {
  readonly monitor: Monitor;
  readonly painter: Painter;
  readonly theme: ReadonlySignal<Theme>;
  readonly keys: Keys;
  /** Of our page, which TensorBoard's around it outlives. */
  readonly life: AbortSignal;
}

/** No view is ever rendered outside its provider. */
const Context = createContext<AppContext>(null as unknown as AppContext);
export const AppProvider = Context.Provider;

export function useApp(): AppContext {
  return useContext(Context);
}

/** Takes a key while the view is on the page; `words` is what the sheet behind `?` says of it. */
export function useKey(key: string, words: string, action: () => unknown, area: KeyArea = 'Charts'): void {
  const { keys } = useApp();
  const newest = useRef(action);
  newest.current = action;
  // With the view itself: a key that is pressed as soon as it is seen is not lost.
  useLayoutEffect(
    () => keys.bind({ key, words, area, action: () => newest.current() }),
    [keys, key, words, area],
  );
}

/** What a click on a link does here; with a modifier it is the browser's: a new tab, a new window. */
export function plainClick(action: () => void): (event: MouseEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    action();
  };
}

/** To a field by its key: what is in it is to be written over. */
export function focusField(field: HTMLInputElement | null): void {
  field?.focus();
  field?.select();
}

/** The task that is on the page, in the views that are only there when one is. */
export interface TaskProps {
  readonly open: OpenTask;
  /** As words tell it: what moves several times a second reads `open.task`, in a signal of its own. */
  readonly task: Task;
}
