/** Where the rows of the log are on the page: they stay where the reader looks while others arrive above them. */

import { type Signal, useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { formatCount } from '../../base/numbers';
import type { Log } from '../../model/log/log_rows';
import type { TaskProps } from '../context';
import { type LogWindow, stretchOf } from '../elements/list_window';

export type Box = { readonly current: HTMLDivElement | null };

/**
 * Moves the window down by as many rows as came above it, if somebody reads, and counts those that came unseen. Where the reader is, is known from
 * the last scroll: to ask the box at every row that comes would have the page laid out each time.
 */
export function useHeldPlace(
  box: Box,
  log: Log,
  window: LogWindow,
  missed: Signal<number>,
  onMoved: (() => void) | null,
): void {
  const before = useRef(log);
  useLayoutEffect(() => {
    const { list, total } = before.current;
    before.current = log;
    if (list !== log.list) {
      missed.value = 0;
      box.current?.scrollTo({ top: 0 });
    } else if (onMoved && log.total > total && box.current !== null) {
      box.current.scrollTop += ((log.total - total) * window.rowHeight) / stretchOf(window);
      missed.value += log.total - total;
      // The rows that are in sight now, in the same frame.
      onMoved();
    }
  }, [log]);
}

/**
 * Which of the rows on the page shows the row with a number. A few that arrive push the others down, which stay as they are; a
 * crowd takes over the places of those that it pushes out of sight: no row is taken away and none is made.
 */
export function usePlaces({ list, total }: Log, drawn: number): (number: number) => number {
  const before = useRef({ list, total, shift: 0 });
  const arrived = list === before.current.list ? total - before.current.total : 0;
  const shift = before.current.shift + (2 * arrived > drawn ? arrived : 0);
  before.current = { list, total, shift };
  return (number) => number - shift;
}

/** As many as the highest step has, commas counted: the column of steps is as wide. */
export function useStepDigits({ task }: TaskProps['open']) {
  return useComputed(() => {
    const attempts = task.value?.attempts ?? [];
    return formatCount(Math.max(0, ...attempts.map((one) => one.last_step ?? 0))).length;
  });
}

export function useResize(box: Box, onResize: () => void): void {
  const newest = useRef(onResize);
  newest.current = onResize;
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(() => newest.current());
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
}
