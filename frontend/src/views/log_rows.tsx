/** The rows of the log that can be seen. What the reader looks at stays where it is when rows arrive above it. */

import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { formatCount } from '../base/numbers';
import { LATEST_ROWS, type Log } from '../model/log_store';
import type { OpenTask } from '../model/open_task';
import type { LogRow } from '../wire/messages';
import { Row } from './log_row';
import { addedAbove, isNearEnd, type LogWindow, rowHeightFor, rowsInSight } from './log_window';

interface LogRowsProps {
  readonly open: OpenTask;
  readonly log: Log;
  readonly isLive: boolean;
}

export function LogRows({ open, log, isLive }: LogRowsProps) {
  const { rows } = log;
  const scroller = useRef<HTMLDivElement>(null);
  const window = useSignal<LogWindow>({ top: 0, height: 400, rowHeight: rowHeightFor(innerWidth) });
  const missed = useHeldPlace(scroller, rows, window);

  const look = () => {
    const box = scroller.current;
    // A hidden frame has no size; where the reader was is kept for when it is shown again.
    if (box === null || box.clientHeight === 0) return;
    const seen = { top: box.scrollTop, height: box.clientHeight, rowHeight: rowHeightFor(box.clientWidth) };
    window.value = seen;
    if (seen.top === 0) missed.value = 0;
    if (isNearEnd(seen, rows.length)) void open.logs.loadOlder();
  };
  useEffect(() => {
    // Somebody who follows the newest rows needs the latest only; somebody who reads keeps what there is.
    if (isLive && window.peek().top === 0 && rows.length > LATEST_ROWS) open.logs.trim();
  }, [rows, isLive]);
  useResize(scroller, look);

  return (
    <div class="log-frame">
      {missed.value > 0 && (
        <button type="button" class="button new-rows" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
          ↑ {formatCount(missed.value)} new
        </button>
      )}
      <div
        class="log-scroll"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        tabIndex={0}
        role="region"
        aria-label="Rows of the training log, newest first"
        onScroll={look}
      >
        <Table rows={rows} total={log.total} window={window.value} />
        <Older open={open} log={log} />
      </div>
    </div>
  );
}

interface TableProps {
  readonly rows: readonly LogRow[];
  readonly total: number;
  readonly window: LogWindow;
}

function Table({ rows, total, window }: TableProps) {
  const [first, last] = rowsInSight(window);
  const height = window.rowHeight;
  return (
    <div
      role="table"
      aria-label="Training log"
      aria-rowcount={total}
      class="log-table"
      style={{ height: `${rows.length * height}px`, paddingTop: `${first * height}px` }}
    >
      {rows.slice(first, last).map((row, index) => (
        <Row key={row.id} row={row} index={first + index} height={height} />
      ))}
    </div>
  );
}

type Scroller = { readonly current: HTMLDivElement | null };

/**
 * Moves the window down by as many rows as came above it; answers how many came unseen. Where the reader is, is known from
 * the last scroll: to ask the box at every row that comes would have the page laid out each time.
 */
function useHeldPlace(
  scroller: Scroller,
  rows: readonly LogRow[],
  window: ReadonlySignal<LogWindow>,
): Signal<number> {
  const missed = useSignal(0);
  const topmost = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const box = scroller.current;
    const added = addedAbove(rows, topmost.current);
    topmost.current = rows[0]?.id;
    if (box === null || added === 0) return;
    const { top, rowHeight } = window.peek();
    if (added === null) box.scrollTop = 0;
    else if (top > 0) {
      box.scrollTop += added * rowHeight;
      missed.value += added;
    }
  }, [rows]);
  return missed;
}

function useResize(scroller: Scroller, onResize: () => void): void {
  const newest = useRef(onResize);
  newest.current = onResize;
  useEffect(() => {
    if (scroller.current === null) return;
    const observer = new ResizeObserver(() => newest.current());
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
}

function Older({ open, log }: { readonly open: OpenTask; readonly log: Log }) {
  if (!log.hasOlder) return <p class="log-end">This is the first row in history.</p>;
  const loading = open.logs.loadingOlder.value;
  return (
    <p class="log-end">
      <button type="button" class="link" disabled={loading} onClick={() => void open.logs.loadOlder()}>
        {loading ? 'Reading older rows…' : 'Show older rows'}
      </button>
    </p>
  );
}
