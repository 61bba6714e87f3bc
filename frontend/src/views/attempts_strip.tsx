/** The attempts side by side: when, how far, how each ended, what was changed for the next. */

import { formatCount } from '../base/numbers';
import { formatDuration, formatMoment } from '../base/times';
import type { Attempt, Task } from '../wire/messages';
import { useApp } from './context';
import { StatusTag } from './status_tag';

const KINDS: Readonly<Record<Attempt['kind'], string>> = {
  first: 'from scratch',
  restart: 'restarted from scratch',
  resume: 'resumed',
};

export function AttemptsStrip({ task }: { readonly task: Task }) {
  const { attempts } = task;
  if (attempts.length === 0 || (attempts.length === 1 && attempts[0]?.config === null)) return null;
  return (
    <section aria-labelledby="attempts-heading">
      <h2 id="attempts-heading">
        {attempts.length === 1 ? 'Attempt' : `${attempts.length} attempts, latest first`}
      </h2>
      <ol class="attempts">
        {[...attempts].reverse().map((attempt) => (
          <AttemptCard key={attempt.attempt} attempt={attempt} />
        ))}
      </ol>
    </section>
  );
}

function AttemptCard({ attempt }: { readonly attempt: Attempt }) {
  return (
    <li class="card attempt">
      <p class="attempt-head">
        <strong>#{attempt.attempt}</strong> <StatusTag status={attempt.status} />
        <span class="fine">{kindText(attempt)}</span>
      </p>
      <p class="attempt-line">{stepsText(attempt)}</p>
      <When attempt={attempt} />
      <Changes changed={attempt.changed} />
      {attempt.config && <Configuration config={attempt.config} />}
    </li>
  );
}

function kindText({ kind, start_step }: Attempt): string {
  return kind === 'resume' ? `${KINDS.resume} at ${formatCount(start_step)}` : KINDS[kind];
}

function stepsText({ start_step, last_step }: Attempt): string {
  return last_step === null
    ? 'no step logged'
    : `steps ${formatCount(start_step)} to ${formatCount(last_step)}`;
}

function When({ attempt }: { readonly attempt: Attempt }) {
  const now = useApp().monitor.now.value;
  const { started_at: from, ended_at: to, status } = attempt;
  if (from === null) return null;
  const running = status === 'running' || to === null;
  const lasted = formatDuration((running ? now : to) - from);
  return (
    <p class="fine">
      {formatMoment(from, now)}, {running ? `running for ${lasted}` : `lasted ${lasted}`}
    </p>
  );
}

function Changes({ changed }: { readonly changed: Attempt['changed'] }) {
  const entries = Object.entries(changed);
  if (entries.length === 0) return null;
  return (
    <ul class="changes" aria-label="Changed against the attempt before">
      {entries.map(([name, [before, after]]) => (
        <li key={name}>
          <span class="change-name">{name}</span> <del>{settingText(before)}</del> →{' '}
          <ins>{settingText(after)}</ins>
        </li>
      ))}
    </ul>
  );
}

function Configuration({ config }: { readonly config: NonNullable<Attempt['config']> }) {
  const entries = Object.entries(config);
  if (entries.length === 0) return null;
  return (
    <details class="configuration">
      <summary>Configuration ({entries.length})</summary>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{settingText(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function settingText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
