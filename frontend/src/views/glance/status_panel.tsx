/** Is it alive, how far is it, when is it done; and how we know. */

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { formatCount, formatPercent } from '../../base/numbers';
import { formatMoment } from '../../base/times';
import { visibleText } from '../../base/visible';
import { byReader, lastSign } from '../../model/time/reader_clock';
import type { Task } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { fillStyle } from '../elements/fill';
import { StatusTag } from '../elements/status_tag';
import { TimeBar } from '../elements/time_bar';
import { aheadText, finishText, reasonText, whyNoEta } from './status_words';
import { TotalField } from './total_field';

export function StatusPanel({ open, task }: TaskProps) {
  return (
    <section class="card status-panel" aria-labelledby="status-heading">
      <h2 id="status-heading" class="visually-hidden">
        Status
      </h2>
      <p class="status-line">
        {/* The reason counts seconds; only a change of the status itself is worth saying aloud. */}
        <span role="status">
          <StatusTag status={task.status} />
        </span>{' '}
        <Reason task={task} />
      </p>
      <Progress open={open} task={task} />
      <Finish task={task} />
      {task.time && <TimeBar time={task.time} />}
      <Facts task={task} />
    </section>
  );
}

/** Alone, so that its seconds draw nothing else anew. */
function Reason({ task }: { readonly task: Task }) {
  return <span>{visibleText(reasonText(task, useApp().monitor.now.value))}</span>;
}

function Progress({ open, task }: TaskProps) {
  const typed = useApp().monitor.view.values.value.total;
  const { total_steps: total, progress } = task;
  // It came to no step, and will not.
  const isEmpty = task.step === null && task.mode === 'history';
  return (
    <div class="progress">
      <p class="progress-line">
        <span class="progress-step">
          Step <Step open={open} />
          {total !== null && ` of ${formatCount(total)}`}
        </span>
        {progress !== null && <Percent open={open} />}
      </p>
      <div
        class={`bar status-${task.status} ${progress === null ? 'is-unknown' : ''}`}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progress === null ? undefined : Math.round(progress * 100)}
        aria-valuetext={progress === null ? 'The total is not known' : undefined}
      >
        <Fill open={open} />
      </div>
      {total !== null && task.total_source && <p class="fine">Total: {visibleText(task.total_source)}</p>}
      {task.total_refuted.map(({ steps, source, reason }) => (
        <p key={`${steps} ${source}`} class="fine">
          Not {formatCount(steps)} ({visibleText(source)}): {reason}
        </p>
      ))}
      {(total === null || typed !== null) && !isEmpty && <TotalField isKnown={total !== null} />}
    </div>
  );
}

type OpenProps = Pick<TaskProps, 'open'>;

/** These three follow every point, each alone. */
function Step({ open }: OpenProps) {
  return (
    <strong>
      {useComputed(() => {
        const step = open.task.value?.step;
        return step == null ? '–' : formatCount(step);
      })}
    </strong>
  );
}

function Percent({ open }: OpenProps) {
  const text = useComputed(() => formatPercent(open.task.value?.progress ?? 0));
  return <span class="progress-percent">{text}</span>;
}

function Fill({ open }: OpenProps) {
  const style = useComputed(() => fillStyle(open.task.value?.progress ?? null));
  return <div class="bar-fill" style={style} />;
}

function Finish({ task }: { readonly task: Task }) {
  const now = useApp().monitor.now.value;
  const heardAt = useMemo(() => now, [task]);
  const ahead = aheadText(task, heardAt, now);
  const [left, done] = task.eta === null ? [] : finishText(task.eta, heardAt, now);
  return (
    <>
      {left === undefined ? (
        <p class="finish fine">{whyNoEta(task)}</p>
      ) : (
        <p class="finish">
          <strong>{left}</strong>, {done}
          <span class="fine finish-source">in eight cases of ten, pauses counted in</span>
        </p>
      )}
      {ahead && <p class="fine">{ahead}</p>}
    </>
  );
}

function Facts({ task }: { readonly task: Task }) {
  const now = useApp().monitor.now.value;
  const momentOf = (at: number | null) => (at === null ? '' : formatMoment(byReader(task, at), now));
  const facts: readonly (readonly [string, string])[] = [
    ['Started', momentOf(task.started_at)],
    [`Last ${lastSign(task)}`, momentOf(task.last_event_at)],
    ['Never started', launchesText(task.launches_without_scalars)],
    ...Object.entries(task.facts).map(([name, value]): [string, string] => [
      sentenceCase(name),
      factText(value),
    ]),
  ];
  return (
    <dl class="facts">
      {facts
        .filter(([, text]) => text !== '')
        .map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
    </dl>
  );
}

function launchesText(launches: number): string {
  if (launches === 0) return '';
  return launches === 1 ? '1 launch without a scalar' : `${formatCount(launches)} launches without a scalar`;
}

/** `final_train_loss` reads "Final train loss". */
function sentenceCase(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function factText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
