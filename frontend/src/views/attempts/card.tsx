/** One attempt: when, how far, how it ended, what was changed for it, and its whole configuration on demand. */

import { useSignal } from '@preact/signals';
import { formatCount, plural } from '../../base/numbers';
import { formatDuration, formatMoment } from '../../base/times';
import { named, visible, visibleText } from '../../base/visible';
import type { Attempt, Settings, TimeSpent } from '../../wire/messages';
import { useApp } from '../context';
import { StatusTag } from '../elements/status_tag';
import { TimeBar } from '../elements/time_bar';

interface Props {
  readonly attempt: Attempt;
  /** Where its time went, where the glance says that of all attempts only. */
  readonly time?: TimeSpent | undefined;
}

export function AttemptCard({ attempt, time }: Props) {
  return (
    <li class="card attempt">
      <p class="attempt-head">
        <strong>#{attempt.attempt}</strong> <StatusTag status={attempt.status} />
        <span class="fine">{kindText(attempt)}</span>
      </p>
      <p>{stepsText(attempt)}</p>
      <When attempt={attempt} />
      {time && <TimeBar time={time} />}
      {attempt.because && <Because text={attempt.because} />}
      <Changes changed={attempt.changed} />
      {attempt.config && <Configuration config={attempt.config} />}
    </li>
  );
}

const KINDS: Readonly<Record<Attempt['kind'], string>> = {
  first: 'from scratch',
  restart: 'restarted from scratch',
  resume: 'resumed',
};

function kindText({ kind, start_step }: Attempt): string {
  return kind === 'resume' ? `${KINDS.resume} at ${formatCount(start_step)}` : KINDS[kind];
}

export function stepsText({ start_step, last_step }: Pick<Attempt, 'start_step' | 'last_step'>): string {
  return last_step === null
    ? 'no step logged'
    : `steps ${formatCount(start_step)} to ${formatCount(last_step)}`;
}

/** Why it is an attempt of its own; the first one is, without a word. */
function Because({ text }: { readonly text: string }) {
  return <p class="fine because">{text}</p>;
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

/** More changes than these are folded. */
const CHANGES = 5;

type Changed = readonly [string, readonly [unknown, unknown]];

function Changes({ changed }: Pick<Attempt, 'changed'>) {
  const entries = Object.entries(changed);
  if (entries.length === 0) return null;
  const more = entries.length > CHANGES + 1 ? entries.slice(CHANGES) : [];
  return (
    <>
      <ChangeList entries={entries.slice(0, entries.length - more.length)} />
      {more.length > 0 && (
        <details class="configuration">
          <summary>{plural(more.length, 'more change')}</summary>
          <ChangeList entries={more} />
        </details>
      )}
    </>
  );
}

function ChangeList({ entries }: { readonly entries: readonly Changed[] }) {
  return (
    <ul class="changes" aria-label="Changed against the attempt before">
      {entries.map(([name, [before, after]]) => (
        <li key={name}>
          {before === null && <span class="fine">added </span>}
          {after === null && <span class="fine">removed </span>}
          <span>{named(name)}</span>
          {before !== null && <del>{visibleText(settingText(before))}</del>}
          {before !== null && after !== null && '→'}
          {after !== null && <ins>{visibleText(settingText(after))}</ins>}
        </li>
      ))}
    </ul>
  );
}

/** Longer configurations can be searched. */
const SEARCHED = 12;

function Configuration({ config }: { readonly config: Settings }) {
  const sought = useSignal('');
  const entries = Object.entries(config).map(([name, value]) => [name, settingText(value)] as const);
  if (entries.length === 0) return null;
  const found = entries.filter((entry) => entry.join(' ').toLowerCase().includes(sought.value));
  return (
    <details class="configuration">
      <summary>Configuration ({entries.length})</summary>
      {entries.length > SEARCHED && (
        <input
          type="search"
          class="field"
          placeholder="Search"
          aria-label="Search the configuration"
          onInput={(event) => {
            sought.value = event.currentTarget.value.trim().toLowerCase();
          }}
        />
      )}
      <dl class="pairs">
        {found.map(([name, value]) => (
          <div key={name}>
            <dt>{visible(name)}</dt>
            <dd>{visibleText(value)}</dd>
          </div>
        ))}
      </dl>
      {found.length === 0 && <p class="fine">Nothing in it matches.</p>}
    </details>
  );
}

function settingText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
