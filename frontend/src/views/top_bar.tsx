/** The bar that stays: which task, live or history, and how old its last point is. */

import { formatAge, formatMoment } from '../base/times';
import type { Task } from '../wire/messages';
import { useApp } from './context';
import { TaskSelector } from './task_selector';

export function TopBar() {
  const { monitor } = useApp();
  const task = monitor.open.value?.task.value;
  return (
    <header class="top-bar">
      <h1>TrainMon</h1>
      <TaskSelector />
      {task && <ModeBadge task={task} />}
    </header>
  );
}

function ModeBadge({ task }: { readonly task: Task }) {
  const isCut = useApp().monitor.connection.trouble.value !== null;
  const live = task.mode === 'live';
  const isPulsing = live && !isCut;
  return (
    <div class="mode">
      <span class={`mode-badge ${isPulsing ? 'is-live' : ''}`} role="status">
        {live ? (isCut ? 'Live, cut off' : 'Live') : 'History'}
      </span>
      {task.last_event_at !== null && <LastPoint at={task.last_event_at} live={live} />}
    </div>
  );
}

function LastPoint({ at, live }: { readonly at: number; readonly live: boolean }) {
  const now = useApp().monitor.now.value;
  const text = live ? formatAge(now - at) : formatMoment(at, now);
  return <span class="last-point">last point {text}</span>;
}
