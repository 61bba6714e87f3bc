/** The rows of the overview that can be seen, of however many there are; the arrows move the focus through them all. */

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Folders, isHead, keyOf, type Row } from '../../model/list/task_groups';
import type { Column } from '../../model/list/task_order';
import type { TaskSummary } from '../../wire/messages';
import { useApp, useKey } from '../context';
import { movedBy } from '../elements/list_keys';
import { boxHeight, type LogWindow, rowsInSight, scrollTo } from '../elements/list_window';
import { GroupRow } from './group';
import { ColumnHeads } from './order';
import { OverviewRow } from './row';

/** Which key folds a group that is (true) or is not folded. */
const FOLDING: Readonly<Record<string, boolean>> = { ArrowLeft: false, ArrowRight: true };

/** One line, two, or four: as many as a row of that width needs. The style sheet has the same three. */
const LAYOUTS = [
  { from: 980, name: 'is-wide', rowHeight: 44 },
  { from: 620, name: 'is-medium', rowHeight: 66 },
  { from: 0, name: 'is-narrow', rowHeight: 106 },
] as const;

type Layout = (typeof LAYOUTS)[number];

function layoutFor(width: number): Layout {
  return LAYOUTS.find(({ from }) => width >= from) ?? LAYOUTS[2];
}

/** Takes the focus to the row that last had it, or the first. */
export function enterRows(): void {
  document.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
}

interface OverviewRowsProps {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly folders: Folders;
  readonly onOpen: (task: TaskSummary) => void;
  /** Somebody points at a row or has the focus in it: nothing may move. */
  readonly onHold: (on: boolean) => void;
  /** The reader wants back to the search. */
  readonly onLeave: () => void;
}

export function OverviewRows({ rows, columns, folders, onOpen, onHold, onLeave }: OverviewRowsProps) {
  const { monitor } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const { window, layout, look } = useSeen(box, rows.length);
  const active = useSignal<string | null>(monitor.open.peek()?.id ?? null);
  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => keyOf(row) === active.value),
  );
  const focus = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    active.value = keyOf(row);
    if (box.current) box.current.scrollTop = scrollTo(window, index);
    look();
    // The row is there once the page has taken over what is in sight now.
    requestAnimationFrame(enterRows);
  };
  useKey('j', 'Next task', () => focus(hasFocus(box.current) ? activeIndex + 1 : activeIndex), 'Tasks');
  useKey('k', 'Previous task', () => focus(activeIndex - 1), 'Tasks');
  useSight(rows, window);
  useLayoutEffect(() => {
    if (box.current && active.peek() !== null) box.current.scrollTop = scrollTo(window, activeIndex);
  }, [window.rowHeight, monitor.view.values.value.find]);

  const onKeyDown = (event: KeyboardEvent) => {
    const target = movedBy(event.key, activeIndex, window);
    const row = rows[activeIndex];
    if (event.key === 'Escape' || (event.key === 'ArrowUp' && activeIndex === 0)) onLeave();
    else if (target !== null) focus(target);
    else if (row && isHead(row) && FOLDING[event.key] === row.isFolded)
      monitor.view.toggle('foldedGroups', row.folder);
    else return;
    event.preventDefault();
  };
  const [first, last, offset] = rowsInSight(window);
  const drawn = indexes(first, last, activeIndex);
  return (
    <div class={`card overview-list ${layout.name} ${columns.includes('insights') ? 'has-insights' : ''}`}>
      <ColumnHeads columns={columns} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the links in it have the focus; it only moves it. */}
      <div
        ref={box}
        class="overview-scroll"
        onScroll={look}
        onKeyDown={onKeyDown}
        onPointerEnter={(event) => event.pointerType === 'mouse' && onHold(true)}
        onPointerLeave={() => !hasFocus(box.current) && onHold(false)}
        onFocusIn={() => onHold(true)}
        onFocusOut={(event) => !box.current?.contains(event.relatedTarget as Node | null) && onHold(false)}
      >
        <ul aria-label="Tasks" style={{ height: `${boxHeight(window)}px` }}>
          {drawn.map((index) => {
            const row = rows[index] as Row;
            const placed = {
              index,
              count: rows.length,
              top: offset + (index - first) * window.rowHeight,
              height: window.rowHeight,
              isActive: index === activeIndex,
            };
            return !isHead(row) ? (
              <OverviewRow key={row.id} task={row} name={folders.pieces(row)} onOpen={onOpen} {...placed} />
            ) : (
              <GroupRow key={keyOf(row)} group={row} {...placed} />
            );
          })}
        </ul>
      </div>
    </div>
  );
}

/** Those in sight, and the one with the focus wherever it is: taken off the page it would lose it. */
function indexes(first: number, last: number, active: number): readonly number[] {
  const inSight = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  if (active >= first && active < last) return inSight;
  return active < first ? [active, ...inSight] : [...inSight, active];
}

function hasFocus(element: HTMLElement | null): boolean {
  return element?.contains(document.activeElement) === true;
}

/** Which part of the list is in sight, and how rows are laid out at its width; it begins where the reader left it. */
function useSeen(box: { readonly current: HTMLElement | null }, count: number) {
  const { monitor } = useApp();
  const seen = useSignal({ scroll: monitor.overviewTop, height: 800, layout: LAYOUTS[0] as Layout });
  const look = () => {
    const element = box.current;
    if (element === null || element.clientHeight === 0) return;
    const { scrollTop: scroll, clientHeight: height, clientWidth: width } = element;
    if (monitor.open.peek() === null) monitor.overviewTop = scroll;
    seen.value = { scroll, height, layout: layoutFor(width) };
  };
  useLayoutEffect(() => {
    if (box.current === null) return;
    box.current.scrollTop = monitor.overviewTop;
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const { layout, scroll, height } = seen.value;
  const window: LogWindow = { scroll, height, rowHeight: layout.rowHeight, rows: count };
  return { window, layout, look };
}

/** Tells the model which rows somebody can see. */
function useSight(rows: readonly Row[], { scroll, height, rowHeight }: LogWindow): void {
  const { inSight } = useApp().monitor;
  const [first, last] = [Math.floor(scroll / rowHeight), Math.ceil((scroll + height) / rowHeight)];
  useEffect(() => {
    inSight.value = rows.slice(first, last).filter((row): row is TaskSummary => !isHead(row));
  }, [rows, first, last]);
  useEffect(
    () => () => {
      inSight.value = [];
    },
    [],
  );
}
