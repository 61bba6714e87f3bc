/** A task in the overview: a link to its page, and how it stands. */

import { formatCount, formatPercent, formatValue, plural } from '../base/numbers';
import { formatAge, formatDurationRange, formatMoment } from '../base/times';
import type { TaskSummary } from '../wire/messages';
import { plainClick, useApp } from './context';
import { Sparkline } from './sparkline';
import { StatusTag } from './status_tag';

interface OverviewRowProps {
  readonly task: TaskSummary;
  readonly index: number;
  readonly count: number;
  /** Pixels, from the upper edge of the list. */
  readonly top: number;
  readonly height: number;
  readonly isActive: boolean;
  readonly onOpen: (task: TaskSummary) => void;
}

export function OverviewRow({ task, index, count, top, height, isActive, onOpen }: OverviewRowProps) {
  const { monitor } = useApp();
  const { view } = monitor;
  const now = monitor.now.value;
  return (
    <li aria-setsize={count} aria-posinset={index + 1} style={{ top: `${top}px` }}>
      <a
        class="task-row"
        href={view.hrefOf(task.id)}
        tabIndex={isActive ? 0 : -1}
        style={{ height: `${height}px` }}
        onClick={plainClick(() => onOpen(task))}
      >
        <span class="row-name">
          <span class="row-title" title={task.id}>
            {task.name}
          </span>
          {task.attempts > 1 && <span class="fine">{plural(task.attempts, 'attempt')}</span>}
        </span>
        <span class="row-status">
          <StatusTag status={task.status} />
        </span>
        <Progress task={task} />
        <Left task={task} now={now} />
        <Loss task={task} />
        <span class="row-age fine">{ageText(task, now)}</span>
      </a>
    </li>
  );
}

function ageText({ last_event_at: last }: TaskSummary, now: number): string {
  return last === null ? 'nothing yet' : formatAge(now - last);
}

function Progress({ task: { step, total_steps: total, progress, status } }: { readonly task: TaskSummary }) {
  return (
    <span class="row-progress">
      <span>
        {step === null ? '–' : formatCount(step)}
        {total !== null && <span class="fine"> of {formatCount(total)}</span>}
        {progress !== null && <b> {formatPercent(progress)}</b>}
      </span>
      {progress !== null && (
        <span class={`bar status-${status}`} aria-hidden="true">
          <span class="bar-fill" style={{ width: `${progress * 100}%` }} />
        </span>
      )}
    </span>
  );
}

function Left({ task: { eta }, now }: { readonly task: TaskSummary; readonly now: number }) {
  return (
    <span class="row-left">
      {eta && (
        <>
          {formatDurationRange(eta.low_s, eta.high_s)}
          <span class="fine"> done {formatMoment(eta.finish_at, now)}</span>
        </>
      )}
    </span>
  );
}

function Loss({ task }: { readonly task: TaskSummary }) {
  const { sparklines } = useApp().monitor;
  void sparklines.revision.value;
  const isBroken = typeof task.loss === 'string';
  return (
    <span class="row-loss">
      <Sparkline line={sparklines.of(task.id)} />
      {task.loss !== null && (
        <span class={isBroken ? 'is-non-finite' : ''}>
          <span class="visually-hidden">Loss </span>
          {formatValue(Number(task.loss))}
        </span>
      )}
    </span>
  );
}
