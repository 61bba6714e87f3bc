/** One of the six charts that every task is looked at by, with its explanation. */

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Tone } from '../chart/palette';
import { type Choice, choose, metricOf, type Role } from '../model/metric_choice';
import type { OfferedMetric } from '../wire/messages';
import { Blank, ChartCard } from './chart_card';
import { type TaskProps, useApp } from './context';
import { EXPLANATIONS, type Explanation } from './explanations';
import { roleLabel } from './live_metrics';

const TONES: Readonly<Record<Role, Tone>> = {
  loss: 'training',
  perplexity: 'training',
  grad_norm: 'training',
  learning_rate: 'schedule',
  eval_loss: 'evaluation',
  speed: 'speed',
};

export function MainChart({ role, open, task }: TaskProps & { readonly role: Role }) {
  const anyway = useApp().monitor.view.values.value.anyway;
  const explanation = EXPLANATIONS[role];
  const choice = choose(task, role);
  const metric = metricOf(choice, anyway);
  const title = roleLabel(role, explanation.title, choice);
  const head = useMemo(
    () => <ChartHead role={role} title={title} explanation={explanation} />,
    [role, title],
  );
  return (
    <article class="card chart-card">
      {head}
      {metric === null ? (
        <Missing choice={choice} explanation={explanation} isEmpty={task.metrics.length === 0} />
      ) : (
        <ChartCard
          open={open}
          task={task}
          metric={metric}
          title={title}
          tone={TONES[role]}
          note={noteOf(choice)}
        />
      )}
    </article>
  );
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
  readonly explanation: Explanation;
}

function ChartHead({ role, title, explanation }: ChartHeadProps) {
  const explained = useSignal(false);
  const id = `about-${role}`;
  return (
    <>
      <div class="chart-head">
        <h3>{title}</h3>
        <button
          type="button"
          class="link explain"
          aria-expanded={explained.value}
          aria-controls={id}
          aria-label={`${explanation.title}: what does this show?`}
          onClick={() => {
            explained.value = !explained.value;
          }}
        >
          What does this show?
        </button>
      </div>
      <dl class="explanation" id={id} hidden={!explained.value}>
        {explained.value &&
          PARTS.map(([name, part]) => (
            <>
              <dt>{name}</dt>
              <dd>{explanation[part]}</dd>
            </>
          ))}
      </dl>
    </>
  );
}

interface MissingProps {
  readonly choice: Choice;
  readonly explanation: Explanation;
  /** The task has no scalar at all, so it is no wonder that this one is missing. */
  readonly isEmpty: boolean;
}

function Missing({ choice, explanation, isEmpty }: MissingProps) {
  if (choice.kind === 'offered') return <Offered offer={choice.offer} />;
  return (
    <Blank>
      <p class="blank-title">{isEmpty ? 'Nothing logged yet' : 'Not in the logs of this task'}</p>
      <p>
        {isEmpty ? 'The curve begins with the first scalar that the trainer writes.' : explanation.absent}
      </p>
    </Blank>
  );
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
