/**
 * All tasks: searched, narrowed by status, sorted by any column, grouped by folder; each a line that leads to its page. It is a page of its own,
 * and what the selector on a task's page opens.
 */

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { formatCount, plural } from '../../base/numbers';
import { type Folders, foldersOf, rowsOf } from '../../model/list/task_groups';
import { inOrder, STATUSES } from '../../model/list/task_list';
import { COLUMNS } from '../../model/list/task_order';
import styles from '../../styles/overview.css?inline';
import type { Status, TaskList, TaskSummary } from '../../wire/messages';
import { focusField, useApp, useKey } from '../context';
import { Problems } from '../elements/problems';
import { StatusShape } from '../elements/status_tag';
import { NothingMatches } from './nothing_matches';
import { OrderChoice } from './order';
import { enterRows, OverviewRows } from './rows';

export { styles };

export interface OverviewProps {
  readonly list: TaskList;
  /** Where it lies over another page: closes it. There the search has the focus from the start. */
  readonly onOpened?: () => void;
  /** Whether the search has been typed at the place of this list, before it was here. */
  readonly isTyped?: { readonly current: boolean };
}

export function Overview({ list, onOpened, isTyped }: OverviewProps) {
  const { monitor } = useApp();
  const { shown, hold, sortAgain } = useHeldOrder();
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    // What was typed before this code was here is only the beginning of a word.
    if (isTyped?.current) field.current?.focus();
    else if (onOpened) focusField(field.current);
  }, []);
  const open = (task: TaskSummary) => {
    monitor.view.openTask(task.id);
    if (onOpened) onOpened();
    // The list goes, and with it what had the focus: Tab goes on from the name of what was opened.
    else requestAnimationFrame(() => document.querySelector<HTMLElement>('.selector')?.focus());
  };
  const { grouped, foldedGroups } = monitor.view.values.value;
  useKey('/', 'Find a task', () => focusField(field.current), 'Tasks');
  useEffect(() => monitor.tasks.sortAhead(), [list.tasks]);
  const { tasks, isStale } = shown.value;
  const folders = useFolders(list.tasks);
  const rows = useMemo(
    () => rowsOf(tasks, grouped ? folders : null, foldedGroups),
    [tasks, grouped, folders, foldedGroups],
  );
  // A column for what nobody has looked at would be empty.
  const columns = COLUMNS.filter((one) => one !== 'insights' || monitor.tasks.alarms.value.size > 0);
  return (
    <section class="overview" aria-labelledby="overview-heading">
      <h2 id="overview-heading" class="visually-hidden">
        All tasks
      </h2>
      <div class="overview-head">
        <Search
          field={field}
          onEnter={() => shown.peek().tasks.slice(0, 1).forEach(open)}
          onDown={enterRows}
        />
        <StatusChips />
        <OrderChoice columns={columns} />
        <p class="fine" role="status">
          {tasks.length === list.tasks.length
            ? plural(tasks.length, 'task')
            : `${formatCount(tasks.length)} of ${plural(list.tasks.length, 'task')}`}
        </p>
        {isStale && (
          <button type="button" class="link" onClick={sortAgain}>
            Order has changed: sort again
          </button>
        )}
      </div>
      {tasks.length === 0 ? (
        <NothingMatches />
      ) : (
        <OverviewRows
          {...{ rows, columns, folders }}
          onOpen={open}
          onHold={hold}
          onLeave={() => field.current?.focus()}
        />
      )}
      <Problems problems={list.problems} />
    </section>
  );
}

/** What is looked for, in the order of a moment while somebody points at it: nothing moves under the pointer. */
function useHeldOrder() {
  const { tasks, view } = useApp().monitor;
  const held = useSignal<readonly string[] | null>(null);
  const shown = useComputed(() => inOrder(tasks.found.value.tasks, held.value));
  const sortAgain = () => {
    if (held.peek() !== null) held.value = idsOf(tasks.found.peek().tasks);
  };
  const hold = (on: boolean) => {
    held.value = on ? (held.peek() ?? idsOf(shown.peek().tasks)) : null;
  };
  const { find, statuses, alarmed, sort } = view.values.value;
  // Another search or another column is another list: what is held is its order.
  useLayoutEffect(sortAgain, [find, `${statuses}`, alarmed, sort]);
  return { shown, hold, sortAgain };
}

/** Found anew only where there are other tasks: how they stand changes every second. */
function useFolders(tasks: readonly TaskSummary[]): Folders {
  const known = useRef<Folders | null>(null);
  return useMemo(() => {
    if (!known.current?.isOf(tasks)) known.current = foldersOf(tasks);
    return known.current;
  }, [tasks]);
}

function idsOf(tasks: readonly TaskSummary[]): readonly string[] {
  return tasks.map((task) => task.id);
}

interface SearchProps {
  readonly field: { readonly current: HTMLInputElement | null };
  readonly onEnter: () => void;
  readonly onDown: () => void;
}

function Search({ field, onEnter, onDown }: SearchProps) {
  const { view } = useApp().monitor;
  const onKeyDown = (event: KeyboardEvent) => {
    const { find, statuses, alarmed } = view.values.peek();
    if (event.key === 'ArrowDown') onDown();
    else if (event.key === 'Enter') onEnter();
    else if (event.key !== 'Escape') return;
    else if (find !== '') view.set({ find: '' });
    else if (statuses.length > 0 || alarmed) view.set({ statuses: [], alarmed: false });
    else field.current?.blur();
    event.preventDefault();
  };
  return (
    <input
      ref={field}
      class="field overview-search"
      type="search"
      aria-label="Find tasks by name, id or status"
      aria-keyshortcuts="/"
      placeholder="Find by name or status  ( / )"
      autocomplete="off"
      spellcheck={false}
      value={view.values.value.find}
      onInput={(event) => view.set({ find: event.currentTarget.value })}
      onKeyDown={onKeyDown}
    />
  );
}

function StatusChips() {
  const { monitor } = useApp();
  const { view } = monitor;
  const { statuses } = view.values.value;
  const { counts } = monitor.tasks.found.value;
  const toggle = (status: Status) =>
    view.set({ statuses: STATUSES.filter((one) => statuses.includes(one) !== (one === status)) });
  return (
    <div class="chips" role="group" aria-label="Show only these statuses">
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          class="chip"
          aria-pressed={statuses.includes(status)}
          onClick={() => toggle(status)}
        >
          <StatusShape status={status} />
          {status} <span class="chip-count">{formatCount(counts[status])}</span>
        </button>
      ))}
      <AlarmChip />
    </div>
  );
}

/** Only tasks of which a rule says something; where none does, there is nothing to choose. */
function AlarmChip() {
  const { tasks, view } = useApp().monitor;
  const { alarmed } = view.values.value;
  if (tasks.alarms.value.size === 0 && !alarmed) return null;
  return (
    <button type="button" class="chip" aria-pressed={alarmed} onClick={() => view.set({ alarmed: !alarmed })}>
      with warnings <span class="chip-count">{formatCount(tasks.found.value.counts.alarmed)}</span>
    </button>
  );
}
