/** The rows of the log that can be seen. What the reader looks at stays where it is when rows arrive above it. */

import { type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { formatCount, plural } from '../../base/numbers';
import { insightsAt } from '../../model/log/insight_rows';
import type { Log } from '../../model/log/log_rows';
import type { LogStore } from '../../model/log/log_store';
import { nearestMoment } from '../../model/view/pointed';
import type { Attempt, Insight, LogRow } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { movedBy } from '../elements/list_keys';
import {
  boxHeight,
  type LogWindow,
  rowAt,
  rowHeightFor,
  rowsInSight,
  scrollTo,
  stretchOf,
} from '../elements/list_window';
import { Row, rowId } from './row';

/** As many as the highest step has, commas counted: the column of steps is as wide. */
function useStepDigits({ task }: TaskProps['open']) {
  return useComputed(() => {
    const attempts = task.value?.attempts ?? [];
    return formatCount(Math.max(0, ...attempts.map((one) => one.last_step ?? 0))).length;
  });
}

/** Rows that the reader has chosen, by their numbers: from one end to the active one. */
export interface Selection {
  readonly anchor: number;
  readonly active: number;
}

interface LogRowsProps extends Pick<TaskProps, 'open'> {
  readonly logs: LogStore;
  readonly log: Log;
  readonly selection: Signal<Selection | null>;
  readonly isDetailed: Signal<boolean>;
  readonly insights: readonly Insight[];
  readonly onInsight: (insight: Insight) => void;
  readonly onCopy: () => void;
}

const NONE: readonly Insight[] = [];

export function LogRows({ open, logs, log, ...rest }: LogRowsProps) {
  const { selection, isDetailed, insights, onInsight, onCopy } = rest;
  const box = useRef<HTMLDivElement>(null);
  const seen = useSignal({ scroll: 0, height: 400, rowHeight: rowHeightFor(innerWidth) });
  const window: LogWindow = { ...seen.value, rows: log.total };
  // Rows beyond the edge are for who may scroll to them.
  const isReached = useSignal(false);
  const reach = (reached: boolean) => {
    isReached.value = reached;
  };
  const [first, last, offset] = rowsInSight(window, isReached.value || seen.value.scroll > 0 ? undefined : 0);
  const isReading = seen.value.scroll > 0 || selection.value !== null;
  const missed = useSignal(0);
  const digits = useStepDigits(open);
  const near = useNearest(log, first, last, open);
  const place = usePlaces(log, last - first);

  const look = () => {
    const { current } = box;
    // A hidden frame has no size; where the reader was is kept for when it is shown again.
    if (current === null || current.clientHeight === 0) return;
    const { scrollTop: scroll, clientHeight: height, clientWidth } = current;
    seen.value = { scroll, height, rowHeight: rowHeightFor(clientWidth) };
    if (scroll === 0) missed.value = 0;
  };
  useHeldPlace(box, log, window, missed, isReading ? look : null);
  useResize(box, look);
  useEffect(() => logs.see(log.total - last, log.total - first));

  const { point, pointOut } = usePointing(open, log, selection);
  const rowUnder = (event: MouseEvent) => {
    const index = rowAt(window, event.clientY - (box.current?.getBoundingClientRect().top ?? 0));
    return index === null ? null : log.total - 1 - index;
  };
  const choose = (active: number, extend: boolean) => {
    selection.value = { active, anchor: extend ? (selection.peek()?.anchor ?? active) : active };
    box.current?.scrollTo({ top: scrollTo(window, log.total - 1 - active) });
  };
  const onClick = (event: MouseEvent) => {
    const number = rowUnder(event);
    // What was dragged over is a text that the reader marks.
    if (number === null || isTextMarked()) return;
    choose(number, event.shiftKey);
    if (!event.shiftKey) isDetailed.value = true;
  };
  const acts: Readonly<Record<string, () => void>> = {
    Enter: () => {
      isDetailed.value = !isDetailed.peek();
    },
    Escape: () => {
      if (isDetailed.peek()) isDetailed.value = false;
      else selection.value = null;
    },
    c: onCopy,
    C: onCopy,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = selection.peek() === null ? null : log.total - 1 - (selection.peek()?.active ?? 0);
    const to = movedBy(event.key, at, window);
    const isTextCopied = event.key === 'c' && isTextMarked();
    const act = at === null || isTextCopied ? undefined : acts[event.key];
    if (to === null && act === undefined) return;
    if (to !== null) choose(log.total - 1 - to, event.shiftKey);
    act?.();
    event.preventDefault();
    event.stopPropagation();
  };

  const active = selection.value?.active;
  const marked = insightsAt(log, insights, first, last);
  return (
    <div class="log-frame">
      {missed.value > 0 && (
        <button
          type="button"
          class="button new-rows"
          onClick={() => {
            selection.value = null;
            box.current?.scrollTo({ top: 0 });
            missed.value = 0;
          }}
        >
          ↑ {plural(missed.value, 'new row')}
        </button>
      )}
      <div
        class="log-scroll"
        ref={box}
        tabIndex={0}
        role="grid"
        aria-label="Rows of the training log, newest first"
        aria-rowcount={log.total}
        style={{ '--steps': `${digits.value}ch` }}
        aria-multiselectable="true"
        aria-activedescendant={active === undefined ? undefined : rowId(active)}
        onScroll={look}
        onKeyDown={onKeyDown}
        onMouseDown={keepsRows}
        onClick={onClick}
        onPointerEnter={() => reach(true)}
        onFocus={() => reach(true)}
        onPointerMove={(event) => point(rowUnder(event))}
        onPointerLeave={() => {
          reach(false);
          pointOut();
        }}
        onBlur={() => {
          reach(false);
          point(null);
        }}
      >
        <div role="rowgroup" style={{ height: `${boxHeight(window)}px`, paddingTop: `${offset}px` }}>
          {Array.from({ length: last - first }, (_, at) => {
            const index = first + at;
            const number = log.total - 1 - index;
            return (
              <Row
                key={place(number)}
                row={log.rows.get(number)}
                index={index}
                number={number}
                height={window.rowHeight}
                isActive={number === active}
                isSelected={isWithin(selection.value, number)}
                isNear={number === near.value}
                insights={marked.get(number) ?? NONE}
                onInsight={onInsight}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function isTextMarked(): boolean {
  return getSelection()?.isCollapsed === false;
}

/** With Shift a click chooses rows; the browser would mark the text up to there. */
function keepsRows(event: MouseEvent & { readonly currentTarget: HTMLElement }): void {
  if (!event.shiftKey) return;
  event.preventDefault();
  event.currentTarget.focus();
}

export function isWithin(selection: Selection | null, number: number): boolean {
  if (selection === null) return false;
  const { anchor, active } = selection;
  return number >= Math.min(anchor, active) && number <= Math.max(anchor, active);
}

type Box = { readonly current: HTMLDivElement | null };

/**
 * Moves the window down by as many rows as came above it, if somebody reads, and counts those that came unseen. Where the reader is, is known from
 * the last scroll: to ask the box at every row that comes would have the page laid out each time.
 */
function useHeldPlace(
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
function usePlaces({ list, total }: Log, drawn: number): (number: number) => number {
  const before = useRef({ list, total, shift: 0 });
  const arrived = list === before.current.list ? total - before.current.total : 0;
  const shift = before.current.shift + (2 * arrived > drawn ? arrived : 0);
  before.current = { list, total, shift };
  return (number) => number - shift;
}

/** The row in sight next to what is pointed at in a chart. */
function useNearest(log: Log, first: number, last: number, open: TaskProps['open']) {
  const { pointed, view } = useApp().monitor;
  const sight = useSignal<readonly (readonly [number, LogRow])[]>([]);
  sight.value = inSight(log, first, last);
  return useComputed(() => {
    const place = pointed.place.value;
    if (place?.by !== 'chart') return null;
    const rows = sight.value.map(([, row]) => row);
    const nearest = nearestMoment(rows, place.x, view.values.value.axis, attemptsOf(open));
    return nearest === null ? null : (sight.value[nearest]?.[0] ?? null);
  });
}

function inSight(log: Log, first: number, last: number): readonly (readonly [number, LogRow])[] {
  return Array.from({ length: last - first }, (_, at) => log.total - 1 - first - at).flatMap((number) => {
    const row = log.rows.get(number);
    return row === undefined ? [] : [[number, row] as const];
  });
}

/** Read only once something is pointed at: a task tells of itself at every tick. */
function attemptsOf(open: TaskProps['open']): readonly Attempt[] {
  return open.task.value?.attempts ?? [];
}

/** The row under the pointer, else the active one, is where the charts' crosshair stands. */
function usePointing(open: TaskProps['open'], log: Log, selection: Signal<Selection | null>) {
  const { pointed, view } = useApp().monitor;
  const at = (number: number | null | undefined) => {
    const row = number == null ? null : (log.rows.get(number) ?? null);
    pointed.pointAt(row, view.values.peek().axis, attemptsOf(open));
  };
  useSignalEffect(() => at(selection.value?.active));
  useEffect(() => () => pointed.point(null, 'log'), []);
  return { point: at, pointOut: () => at(selection.peek()?.active) };
}

function useResize(box: Box, onResize: () => void): void {
  const newest = useRef(onResize);
  newest.current = onResize;
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(() => newest.current());
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
}
