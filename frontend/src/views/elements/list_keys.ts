/** Where a key leads among the rows of the log. */

import { type LogWindow, rowAt } from './list_window';

/** The index of a row, 0 for the newest; null where it is no key for that. `at` is the active row, if there is one. */
export function movedBy(key: string, at: number | null, window: LogWindow): number | null {
  const { rows, height, rowHeight } = window;
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -rows,
    End: rows,
  };
  const step = steps[key];
  if (step === undefined || rows === 0) return null;
  const topmost = rowAt(window, rowHeight / 2) ?? 0;
  // The first key goes to what is in sight; Home and End mean the ends all the same.
  const to = at === null && Math.abs(step) < rows ? topmost : (at ?? topmost) + step;
  return Math.min(rows - 1, Math.max(0, to));
}
