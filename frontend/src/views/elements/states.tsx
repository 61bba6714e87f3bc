/** What stands in for a task while there is none to show: each says what is the matter and what to do next. */

import type { ComponentChildren } from 'preact';
import { formatCount, plural } from '../../base/numbers';
import type { Failure } from '../../wire/failure';
import type { ListProgress, Problem } from '../../wire/messages';
import { useApp } from '../context';
import { Problems } from './problems';

const AGAIN = 'TrainMon looks again every few seconds, by itself.';

function State(props: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="state">
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** The outline of a page; after a second also what is being waited for. */
export function Loading() {
  const progress = useApp().monitor.tasks.list.value?.progress;
  return (
    <div class="loading">
      <p class="loading-words" role="status">
        {progress ? progressText(progress) : 'Waiting for TensorBoard’s answer…'}
      </p>
      <div class="task-grid" aria-hidden="true">
        {[148, 148, 320, 320].map((height, at) => (
          <div key={`${at}`} class="card skeleton" style={{ height }} />
        ))}
      </div>
    </div>
  );
}

export function progressText({ stage, done, total }: ListProgress): string {
  if (stage === 'scanning') return `${plural(done, 'folder')} scanned so far`;
  return `${formatCount(done)} of ${plural(total ?? 0, 'task')} looked at`;
}

/** The overview's search and statuses leave nothing. */
export function NothingMatches() {
  const { view } = useApp().monitor;
  const { find, statuses, alarmed } = view.values.value;
  const what = [find && `“${find}”`, statuses.join(' or '), alarmed && 'with warnings']
    .filter(Boolean)
    .join(', ');
  return (
    <State title="Nothing matches">
      <p>No task is {what}. Every word must be in its name, id or status.</p>
      <button
        type="button"
        class="button"
        onClick={() => view.set({ find: '', statuses: [], alarmed: false })}
      >
        Show all tasks
      </button>
    </State>
  );
}

export function NoLogDirectory({ sentence }: { readonly sentence: string }) {
  return (
    <State title="No log directory">
      <p>{sentence}</p>
    </State>
  );
}

/** Nothing of the log directory is known, because its remote store is slow or will not be read. */
export function RemoteStore({ problems }: { readonly problems: readonly Problem[] }) {
  const looking = problems.every((problem) => problem.code === 'remote_first_look');
  return (
    <State title={looking ? 'Looking at the log directory' : 'The log directory cannot be read'}>
      {problems.map((problem) => (
        <p key={`${problem.code} ${problem.where}`} role="status">
          {problem.message} <code>{problem.where}</code>
        </p>
      ))}
      <p>{AGAIN}</p>
    </State>
  );
}

export function EmptyLogDirectory({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <State title="No tasks yet">
      <p>
        In the log directory and below it are neither event files (<code>events.out.tfevents.…</code>), as
        most trainers write them, nor the <code>training_logs.db</code> of TrainMon’s own logger.
      </p>
      <p>{AGAIN}</p>
      <Problems problems={problems} open />
    </State>
  );
}

export function CannotOpen({ id, failure }: { readonly id: string; readonly failure: Failure }) {
  const { monitor } = useApp();
  const first = monitor.tasks.list.value?.tasks[0];
  return (
    <State title={`No task “${id}”`}>
      <p>{failure.sentence}</p>
      <p>It was moved or deleted, or the link is for another log directory.</p>
      {first && (
        <p class="state-ways">
          <button type="button" class="button" onClick={() => monitor.view.showAll()}>
            All tasks
          </button>
          <button type="button" class="button" onClick={() => monitor.view.openTask(first.id)}>
            Open {first.name}, the latest
          </button>
        </p>
      )}
    </State>
  );
}

export function Unreachable({ failure }: { readonly failure: Failure }) {
  const { monitor } = useApp();
  return (
    <State title="Nothing to show yet">
      <p>{failure.sentence}</p>
      <p>If TensorBoard was ended, start it again. {AGAIN}</p>
      <button type="button" class="button" onClick={() => monitor.retry()}>
        Try again
      </button>
    </State>
  );
}
