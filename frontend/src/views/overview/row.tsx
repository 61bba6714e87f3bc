/** A task in the overview: a link to its page, and how it stands. */

import { formatCount, formatPercent, formatShort, formatValue, plural } from '../../base/numbers';
import { formatAge, formatDurationRange, formatMoment } from '../../base/times';
import type { Piece } from '../../model/list/name_pieces';
import { SparklineStore } from '../../model/list/sparklines';
import { countText } from '../../model/task/insights';
import { byReader } from '../../model/time/reader_clock';
import type { TaskSummary } from '../../wire/messages';
import { plainClick, useApp } from '../context';
import { fillStyle } from '../elements/fill';
import { Sparkline } from '../elements/sparkline';
import { StatusTag } from '../elements/status_tag';
import { TaskName } from './task_name';

/** Where a row lies in the list. */
export interface Placed {
  readonly index: number;
  readonly count: number;
  /** Pixels, from the upper edge of the list. */
  readonly top: number;
  readonly height: number;
  readonly isActive: boolean;
}

interface OverviewRowProps extends Placed {
  readonly task: TaskSummary;
  readonly name: readonly Piece[];
  readonly onOpen: (task: TaskSummary) => void;
}

export function OverviewRow({ task, name, index, count, top, height, isActive, onOpen }: OverviewRowProps) {
  const { monitor } = useApp();
  const { view } = monitor;
  const now = monitor.now.value;
  return (
    <li aria-setsize={count} aria-posinset={index + 1} style={{ top: `${top}px` }}>
      <a
        class="task-row"
        data-row
        href={view.hrefOf(task.id)}
        tabIndex={isActive ? 0 : -1}
        style={{ height: `${height}px` }}
        onClick={plainClick(() => onOpen(task))}
      >
        <span class="row-name">
          <TaskName id={task.id} pieces={name} />
          {task.attempts > 1 && <span class="fine">{plural(task.attempts, 'attempt')}</span>}
        </span>
        <span class="row-status">
          <StatusTag status={task.status} />
        </span>
        <Progress task={task} />
        <Left task={task} now={now} />
        <Leading task={task} />
        <Insights task={task} />
        <span class="row-age fine">{ageText(task, now)}</span>
      </a>
    </li>
  );
}

function ageText(task: TaskSummary, now: number): string {
  const last = task.last_event_at;
  return last === null ? 'nothing yet' : formatAge(now - byReader(task, last));
}

/** Steps of so many digits in all have no room beside each other. */
const ROOM = 11;

function Progress({ task: { step, total_steps: total, progress, status } }: { readonly task: TaskSummary }) {
  const isLong = `${step ?? ''}${total ?? ''}`.length > ROOM;
  const format = isLong ? formatShort : formatCount;
  const whole = `${step === null ? '–' : formatCount(step)}${total === null ? '' : ` of ${formatCount(total)}`}`;
  return (
    <span class="row-progress">
      <span class="row-steps">
        <span class="steps" title={isLong ? whole : undefined}>
          {step === null ? '–' : format(step)}
          {total !== null && <span class="fine"> of {format(total)}</span>}
        </span>
        {progress !== null && <b>{formatPercent(progress)}</b>}
      </span>
      {progress !== null && (
        <span class={`bar status-${status}`} aria-hidden="true">
          <span class="bar-fill" style={fillStyle(progress)} />
        </span>
      )}
    </span>
  );
}

/** Counted down from when the server said so. Of a task that failed, why. */
function Left({ task, now }: { readonly task: TaskSummary; readonly now: number }) {
  const { eta, status, status_reason: why } = task;
  if (status === 'failed')
    return (
      <span class="row-left is-why" title={why}>
        {why}
      </span>
    );
  if (eta === null) return <span class="row-left" />;
  const passed = Math.max(0, now - useApp().monitor.tasks.heardAt(task));
  const high = eta.high_s - passed;
  return (
    <span class="row-left">
      {high <= 0 ? 'any moment' : formatDurationRange(Math.max(0, eta.low_s - passed), high)}
      <span class="fine"> done {formatMoment(eta.finish_at, now)}</span>
    </span>
  );
}

function Leading({ task }: { readonly task: TaskSummary }) {
  const sparklines = useApp().monitor.sparklinesBy(SparklineStore);
  void sparklines.revision.value;
  const { lead_label: label, lead_value: value } = task;
  const isBroken = typeof value === 'string';
  return (
    <span class="row-loss">
      <Sparkline line={sparklines.of(task.id)} />
      {value !== null && (
        <span class={`lead ${isBroken ? 'is-non-finite' : ''}`} title={label ?? undefined}>
          <span class="fine">{label} </span>
          <span>{formatValue(Number(value))}</span>
        </span>
      )}
    </span>
  );
}

function Insights({ task }: { readonly task: TaskSummary }) {
  const counts = useApp().monitor.tasks.list.value?.insights[task.id];
  return (
    <span class={`row-insights ${counts && counts.error > 0 ? 'is-error' : ''}`}>
      {counts && (countText({ error: counts.error, warning: counts.warning }) || null)}
    </span>
  );
}
