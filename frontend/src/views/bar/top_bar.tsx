/** The bar that stays: which task, live or history, how old its last point is, and what can be done with it. */

import { formatAge, formatGap, formatMoment } from '../../base/times';
import { byReader, lastSign } from '../../model/time/reader_clock';
import type { Task } from '../../wire/messages';
import { plainClick, useApp, useKey } from '../context';
import { progressText } from '../elements/states';
import { AlertBell } from './alert_bell';
import { ExportMenu } from './export_menu';
import { KeySheet } from './key_sheet';
import { TaskSelector } from './task_selector';

export function TopBar() {
  const { monitor } = useApp();
  const open = monitor.open.value;
  const task = monitor.told.value;
  return (
    <header class="top-bar">
      <h1>TrainMon</h1>
      <AllTasks isHere={open === null} />
      {open && <TaskSelector />}
      <ListNotes />
      <div class="bar-end">
        {task && <ModeBadge task={task} />}
        {task && (task.mode === 'live' || monitor.alerts.isWatched(task.id)) && (
          <AlertBell key={task.id} task={task} />
        )}
        {task && <ExportMenu key={task.id} id={task.id} />}
        <KeySheet />
      </div>
    </header>
  );
}

/** A link, so that it opens in another tab where one wants that. */
function AllTasks({ isHere }: { readonly isHere: boolean }) {
  const { view } = useApp().monitor;
  const showAll = () => view.showAll();
  useKey('o', 'All tasks', showAll, 'Page');
  useKey('g', 'All tasks', showAll, 'Page');
  return (
    <a
      class="all-tasks"
      href={view.hrefOf('')}
      aria-current={isHere ? 'page' : undefined}
      onClick={plainClick(showAll)}
    >
      All tasks
    </a>
  );
}

/** How far the list is, while it is not whole; and what makes everything slow, if it is slow. */
function ListNotes() {
  const { monitor } = useApp();
  const list = monitor.tasks.list.value;
  // Before the first task is known, the page itself says how far it is.
  if (!list?.tasks.length) return null;
  const { progress, reader } = list;
  return (
    <span class="list-notes" role="status">
      {progress && progressText(progress)}
      {progress === null && reader === 'python' && <span title={SLOW_READER}>slow reader</span>}
    </span>
  );
}

const SLOW_READER =
  'Large files take 20 times as long. With a C compiler: ' +
  'pip install --force-reinstall --no-binary tb-trainmon tb-trainmon';

function ModeBadge({ task }: { readonly task: Task }) {
  const { monitor } = useApp();
  const isCut = monitor.connection.trouble.value !== null;
  const words = task.mode !== 'live' ? 'History' : isCut ? 'Live, cut off' : 'Live';
  return (
    <div class="mode">
      <span class={`mode-badge ${words === 'Live' ? 'is-live' : ''}`} role="status">
        {words}
      </span>
      {task.last_event_at !== null && <LastPoint task={task} at={byReader(task, task.last_event_at)} />}
    </div>
  );
}

const WAYS = {
  stream: 'Points are pushed as they are written.',
  poll: 'Points are asked for once a second: no stream gets through.',
} as const;

/** How old the last point is, beside what is usual: who looks here wonders whether the task hangs. */
function LastPoint({ task, at }: { readonly task: Task; readonly at: number }) {
  const { monitor } = useApp();
  const now = monitor.now.value;
  const way = monitor.open.value?.way.value ?? null;
  if (task.mode !== 'live')
    return (
      <span class="last-point">
        last {lastSign(task)} {formatMoment(at, now)}
      </span>
    );
  const gap = task.usual_gap_s;
  return (
    <span class="last-point" title={way === null ? undefined : WAYS[way]}>
      last {lastSign(task)} {formatAge(now - at)}
      {gap !== null && <span class="usual-gap">, usually every {formatGap(gap)}</span>}
      {way === 'poll' && ' · polling'}
    </span>
  );
}
