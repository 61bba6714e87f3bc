/** What stands in for a task while there is none to show: each says what is the matter and what to do next. */

import type { ComponentChildren } from 'preact';
import { formatCount, plural } from '../../base/numbers';
import type { Failure } from '../../wire/failure';
import type { ListProgress } from '../../wire/messages';
import { useApp } from '../context';

export const AGAIN = 'TrainMon looks again every few seconds, by itself.';

export function State(props: { readonly title: string; readonly children: ComponentChildren }) {
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
