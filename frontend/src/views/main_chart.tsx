/** One of the six charts that every task is looked at by, with its explanation. */

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Tone } from '../chart/palette';
import { arranged } from '../model/arrangement';
import { type Choice, choose, metricOf, type Role, TITLES } from '../model/metric_choice';
import type { Explanation, OfferedMetric, Task } from '../wire/messages';
import { Blank, ChartCard } from './chart_card';
import { ChartHandle, type Placed } from './chart_handle';
import { ChartActions } from './chart_menu';
import { type TaskProps, useApp } from './context';
import { Chevron } from './icon';
import { roleLabel } from './live_metrics';

const TONES: Readonly<Record<Role, Tone>> = {
  loss: 'training',
  perplexity: 'training',
  grad_norm: 'training',
  learning_rate: 'schedule',
  eval_loss: 'evaluation',
  speed: 'speed',
};

interface MainChartProps extends TaskProps {
  readonly role: Role;
  /** The charts that it stands among, in the usual order. */
  readonly group: readonly Role[];
}

export function MainChart({ role, group, open, task }: MainChartProps) {
  const { view } = useApp().monitor;
  const { anyway, folded, large, order } = view.values.value;
  const handle = useMemo(() => new ChartHandle(), []);
  const choice = choose(task, role);
  const metric = metricOf(choice, anyway);
  const title = roleLabel(role, TITLES[role], choice);
  const isFolded = folded.includes(role);
  const isLarge = large === role && !isFolded;
  const head = useMemo(
    () => (
      <ChartHead
        {...{ role, title, handle, isFolded }}
        metric={isFolded ? null : metric}
        task={task.id}
        place={placeOf(role, group, order)}
      />
    ),
    [role, title, metric, isFolded, order],
  );
  return (
    <article
      class={`card chart-card ${isLarge ? 'is-large' : ''} ${isFolded ? 'is-folded' : ''}`}
      aria-label={title}
    >
      {head}
      {isFolded ? null : metric === null ? (
        <Missing role={role} choice={choice} isEmpty={task.metrics.length === 0} />
      ) : (
        <ChartCard
          {...{ open, task, metric, title, handle }}
          tone={TONES[role]}
          note={noteOf(choice)}
          beside={besideOf(role, task)}
        />
      )}
    </article>
  );
}

/** The evaluation that the loss chart has in it where both are looked at together. */
function besideOf(role: Role, task: Task): string | null {
  const { together } = useApp().monitor.view.values.value;
  return role === 'loss' && together ? metricOf(choose(task, 'eval_loss'), []) : null;
}

function placeOf(role: Role, group: readonly Role[], order: readonly string[]): Placed {
  const at = arranged(group, order).indexOf(role);
  return { charts: group, isFirst: at === 0, isLast: at === group.length - 1 };
}

function noteOf(choice: Choice): string | null {
  return choice.kind === 'offered' ? choice.offer.why : choice.kind === 'logged' ? choice.metric.note : null;
}

const PARTS = [
  ['Meaning', 'meaning'],
  ['Ideal trend', 'ideal'],
  ['Abnormal signs', 'abnormal'],
  ['Tips', 'tips'],
] as const;

interface ChartHeadProps {
  readonly role: Role;
  readonly title: string;
  readonly handle: ChartHandle;
  readonly isFolded: boolean;
  readonly metric: string | null;
  readonly task: string;
  readonly place: Placed;
}

function ChartHead({ role, title, isFolded, ...rest }: ChartHeadProps) {
  const { view } = useApp().monitor;
  const explained = useSignal(false);
  const id = `about-${role}`;
  return (
    <>
      <div class="chart-head">
        <h3>
          <button
            type="button"
            class="fold chart-fold"
            aria-expanded={!isFolded}
            onClick={() => view.toggle('folded', role)}
          >
            <Chevron />
            {title}
          </button>
        </h3>
        <button
          type="button"
          class="link explain"
          aria-expanded={explained.value}
          aria-controls={id}
          aria-label={`${TITLES[role]}: what does this show?`}
          onClick={() => {
            explained.value = !explained.value;
          }}
        >
          <span class="explain-long">What does this show?</span>
          <span class="explain-short" aria-hidden="true">
            ?
          </span>
        </button>
        <ChartActions title={title} chart={role} {...rest} />
      </div>
      <dl class="explanation" id={id} hidden={!explained.value}>
        {explained.value && <Explained role={role} />}
      </dl>
    </>
  );
}

function useExplanation(role: Role): Explanation | undefined {
  const { guide } = useApp().monitor;
  useEffect(() => void guide.need(), []);
  return guide.explanations.value?.[role];
}

function Explained({ role }: { readonly role: Role }) {
  const explanation = useExplanation(role);
  return (
    <>
      {PARTS.map(([name, part]) => (
        <>
          <dt>{name}</dt>
          <dd>{explanation?.[part] ?? '…'}</dd>
        </>
      ))}
    </>
  );
}

interface MissingProps {
  readonly role: Role;
  readonly choice: Choice;
  /** The task has no scalar at all, so it is no wonder that this one is missing. */
  readonly isEmpty: boolean;
}

function Missing({ role, choice, isEmpty }: MissingProps) {
  if (choice.kind === 'offered') return <Offered offer={choice.offer} />;
  return (
    <Blank>
      <p class="blank-title">{isEmpty ? 'Nothing logged yet' : 'Not in the logs of this task'}</p>
      {isEmpty ? (
        <p>The curve begins with the first scalar that the trainer writes.</p>
      ) : (
        <Absent role={role} />
      )}
    </Blank>
  );
}

function Absent({ role }: { readonly role: Role }) {
  return <p>{useExplanation(role)?.absent ?? '…'}</p>;
}

function Offered({ offer }: { readonly offer: OfferedMetric }) {
  const { view } = useApp().monitor;
  return (
    <Blank>
      <p class="blank-title">Not shown by itself</p>
      <p>{offer.why}</p>
      <button type="button" class="button" onClick={() => view.toggle('anyway', offer.metric)}>
        Show it anyway
      </button>
    </Blank>
  );
}
