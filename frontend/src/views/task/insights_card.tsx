/** What rules found in the task, worst first: one line each, opened for the proof. A healthy task has one quiet line. */

import { useSignal } from '@preact/signals';
import { plural } from '../../base/numbers';
import { formatMoment } from '../../base/times';
import { countsOf, countText, lookedAt, toldInsights } from '../../model/task/insights';
import type { Insight, Looked, Severity } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { LookedRules, Proof } from './later_details';

/** So many are told at first: the charts stay in sight where each of twenty attempts has its own. */
const MOST = 5;

export function InsightsCard({ task }: TaskProps) {
  const { muted } = useApp().monitor.view.values.value;
  const looked = task.insights_looked;
  const isUnmuted = useSignal(false);
  if (looked.length === 0) return null;
  const told = toldInsights(task, isUnmuted.value ? [] : muted);
  const silenced = task.insights.filter(({ id }) => muted.includes(id)).length;
  return (
    <section
      class={`card insights ${told.length === 0 ? 'is-quiet' : ''}`}
      aria-labelledby="insights-heading"
    >
      <div class="insights-head">
        <h2 id="insights-heading">{headingOf(told)}</h2>
        {told.length === 0 && <p class="fine">{quietText(looked)}</p>}
        {silenced > 0 && (
          <button
            type="button"
            class="link"
            aria-pressed={isUnmuted.value}
            onClick={() => (isUnmuted.value = !isUnmuted.value)}
          >
            {silenced} muted
          </button>
        )}
        <LookedAt looked={looked} />
      </div>
      {told.length > 0 && <Items told={told} />}
    </section>
  );
}

/** The first of them; what is open in the link is in sight, wherever it stands. */
function Items({ told }: { readonly told: readonly Insight[] }) {
  const { muted, insight } = useApp().monitor.view.values.value;
  const isAll = useSignal(false);
  const isShort =
    told.length > MOST + 1 && !isAll.value && told.slice(MOST).every(({ id }) => id !== insight);
  return (
    <>
      <ul class="insight-list">
        {told.slice(0, isShort ? MOST : undefined).map((one) => (
          <Item key={one.id} insight={one} isMuted={muted.includes(one.id)} />
        ))}
      </ul>
      {isShort && (
        <button type="button" class="link" onClick={() => (isAll.value = true)}>
          {told.length - MOST} more
        </button>
      )}
    </>
  );
}

function headingOf(told: readonly Insight[]): string {
  return countText(countsOf(told)) || (told.length > 0 ? 'Nothing open' : 'Nothing to report');
}

function quietText(looked: readonly Looked[]): string {
  const count = lookedAt(looked);
  return count === 0 ? 'No rule has enough to look at yet.' : `${plural(count, 'rule')} looked.`;
}

const SIGNS: Readonly<Record<Severity, string>> = { error: '✗', warning: '!', info: 'i' };

function Item({ insight, isMuted }: { readonly insight: Insight; readonly isMuted: boolean }) {
  const { monitor } = useApp();
  const { id, severity, title, open, since } = insight;
  const isShown = monitor.view.values.value.insight === id;
  const when = since === null ? '' : `since ${formatMoment(since, monitor.now.value)}`;
  return (
    <li class={`insight is-${severity} ${open ? '' : 'is-over'}`}>
      <button
        type="button"
        id={`insight-${id}`}
        class="insight-line"
        aria-expanded={isShown}
        onClick={() => monitor.zoom.showInsight(isShown ? null : insight)}
      >
        <i class="insight-sign" aria-hidden="true">
          {SIGNS[severity]}
        </i>
        <span class="visually-hidden">{severity}: </span>
        <span class="insight-title">{title}</span>
        <span class="fine">{open ? when : 'over'}</span>
      </button>
      {isShown && <Proof insight={insight} isMuted={isMuted} />}
    </li>
  );
}

function LookedAt({ looked }: { readonly looked: readonly Looked[] }) {
  const isOpen = useSignal(false);
  return (
    <details
      class="looked"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>What was looked at</summary>
      {isOpen.value && <LookedRules looked={looked} />}
    </details>
  );
}
