/** The rows of the log that can be seen. What the reader looks at stays where it is when rows arrive above it. */

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../base/numbers';
import { insightsAt } from '../../model/log/insight_rows';
import type { Log } from '../../model/log/log_rows';
import type { LogStore } from '../../model/log/log_store';
import type { Insight } from '../../wire/messages';
import type { TaskProps } from '../context';
import { movedBy } from '../elements/list_keys';
import {
  boxHeight,
  type LogWindow,
  rowAt,
  rowHeightFor,
  rowsInSight,
  scrollTo,
} from '../elements/list_window';
import { Row, rowId } from './row';
import { useHeldPlace, usePlaces, useResize, useStepDigits } from './row_places';
import { useNearest, usePointing } from './row_pointing';
import { isWithin, type Selection } from './selection';

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
  const onKeyDown = keyHandler({ window, selection, isDetailed, onCopy, choose });

  const active = selection.value?.active;
  const marked = insightsAt(log, insights, first, last);
  return (
    <div class="log-frame">
      <NewRows
        missed={missed}
        onShow={() => {
          selection.value = null;
          box.current?.scrollTo({ top: 0 });
        }}
      />
      <div
        class="log-scroll"
        ref={box}
        tabIndex={0}
        role="grid"
        aria-label="Rows of the training log, newest first. Arrow keys choose, with Shift several; Enter opens, c copies."
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

interface NewRowsProps {
  readonly missed: Signal<number>;
  readonly onShow: () => void;
}

/** How many came while the reader was reading further down, and the way up to them. */
function NewRows({ missed, onShow }: NewRowsProps) {
  if (missed.value === 0) return null;
  const show = () => {
    onShow();
    missed.value = 0;
  };
  return (
    <button type="button" class="button new-rows" onClick={show}>
      ↑ {plural(missed.value, 'new row')}
    </button>
  );
}

interface KeysProps extends Pick<LogRowsProps, 'selection' | 'isDetailed' | 'onCopy'> {
  readonly window: LogWindow;
  /** By its number; `extend`: with all from the anchor on. */
  readonly choose: (active: number, extend: boolean) => void;
}

/** Moves among the rows, opens and closes the chosen one, copies what is chosen. */
function keyHandler({ window, selection, isDetailed, onCopy, choose }: KeysProps) {
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
  return (event: KeyboardEvent) => {
    const active = selection.peek()?.active;
    const at = active === undefined ? null : window.rows - 1 - active;
    const to = movedBy(event.key, at, window);
    const isTextCopied = event.key === 'c' && isTextMarked();
    const act = at === null || isTextCopied ? undefined : acts[event.key];
    if (to === null && act === undefined) return;
    if (to !== null) choose(window.rows - 1 - to, event.shiftKey);
    act?.();
    event.preventDefault();
    event.stopPropagation();
  };
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
