/** The numbers of the moment: loss, learning rate, speed. */

import { formatCount, formatValue } from '../base/numbers';
import { type Choice, choose, type Role, SPEED_UNITS } from '../model/metric_choice';
import type { Metric, Task } from '../wire/messages';
import { EXPLANATIONS } from './explanations';

/** The first three stand always; the others join them where the task has them. */
const ALWAYS: readonly Role[] = ['loss', 'learning_rate', 'speed'];
const WHERE_LOGGED: readonly Role[] = ['eval_loss', 'perplexity', 'grad_norm'];

export function LiveMetrics({ task }: { readonly task: Task }) {
  const logged = WHERE_LOGGED.filter((role) => choose(task, role).kind === 'logged');
  return (
    <section class="card live-metrics" aria-labelledby="live-heading">
      <h2 id="live-heading">{task.mode === 'live' ? 'Live metrics' : 'Last metrics'}</h2>
      <div class="tiles">
        {[...ALWAYS, ...logged].map((role) => (
          <Tile key={role} role={role} choice={choose(task, role)} />
        ))}
      </div>
    </section>
  );
}

export function speedLabel(choice: Choice): string {
  return choice.kind === 'logged' ? (SPEED_UNITS[choice.metric.metric] ?? 'Speed') : 'samples/s';
}

export function roleLabel(role: Role, title: string, choice: Choice): string {
  return role === 'speed' && choice.kind === 'logged' ? `${title}, ${speedLabel(choice)}` : title;
}

function Tile({ role, choice }: { readonly role: Role; readonly choice: Choice }) {
  const label = role === 'speed' ? speedLabel(choice) : EXPLANATIONS[role].title;
  const metric = choice.kind === 'logged' ? choice.metric : null;
  return (
    <div class="tile">
      <p class="tile-label">{label}</p>
      <p class={`tile-value ${metric?.last_non_finite ? 'is-non-finite' : ''}`}>
        {metric ? lastText(metric) : '–'}
      </p>
      <p class="fine">{metric === null ? 'not logged' : stepText(metric)}</p>
    </div>
  );
}

const NON_FINITE = { nan: 'NaN', inf: '∞', '-inf': '−∞' } as const;

export function lastText(metric: Pick<Metric, 'last_value' | 'last_non_finite'>): string {
  if (metric.last_non_finite !== null) return NON_FINITE[metric.last_non_finite];
  return metric.last_value === null ? '–' : formatValue(metric.last_value);
}

function stepText(metric: Metric): string {
  return metric.last_step === null ? 'no step' : `at step ${formatCount(metric.last_step)}`;
}
