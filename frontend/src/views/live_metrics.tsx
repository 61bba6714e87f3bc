/** The numbers of the moment, each with its course: loss, learning rate, speed. */

import { useMemo } from 'preact/hooks';
import { formatCount, formatValue } from '../base/numbers';
import { type Choice, choose, type Role, SPEED_UNITS, TITLES } from '../model/metric_choice';
import type { Metric } from '../wire/messages';
import { useCalm } from './calm';
import type { TaskProps } from './context';
import { Sparkline } from './sparkline';
import { type Trend, trendOf } from './trend';

/** The first three stand always; the others join them where the task has them. */
const ALWAYS: readonly Role[] = ['loss', 'learning_rate', 'speed'];
const WHERE_LOGGED: readonly Role[] = ['eval_loss', 'perplexity', 'grad_norm'];
/** Of these alone it is known which way is the better one. */
const BETTER_LOWER: readonly Role[] = ['loss', 'eval_loss', 'perplexity'];

export function LiveMetrics({ open, task }: TaskProps) {
  const logged = WHERE_LOGGED.filter((role) => choose(task, role).kind === 'logged');
  return (
    <section class="card live-metrics" aria-labelledby="live-heading">
      <h2 id="live-heading">{task.mode === 'live' ? 'Live metrics' : 'Last metrics'}</h2>
      <div class="tiles">
        {[...ALWAYS, ...logged].map((role) => (
          <Tile key={role} role={role} choice={choose(task, role)} open={open} />
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

interface TileProps extends Pick<TaskProps, 'open'> {
  readonly role: Role;
  readonly choice: Choice;
}

function Tile({ role, choice, open }: TileProps) {
  const label = role === 'speed' ? speedLabel(choice) : TITLES[role];
  const metric = choice.kind === 'logged' ? choice.metric : null;
  return (
    <div class="tile">
      <p class="tile-label">{label}</p>
      <p class={`tile-value ${metric?.last_non_finite ? 'is-non-finite' : ''}`}>
        {metric ? lastText(metric) : '–'}
      </p>
      <p class="fine">{metric === null ? 'not logged' : stepText(metric)}</p>
      {metric && <Course metric={metric.metric} isBetterLower={BETTER_LOWER.includes(role)} open={open} />}
    </div>
  );
}

interface CourseProps extends Pick<TaskProps, 'open'> {
  readonly metric: string;
  readonly isBetterLower: boolean;
}

/** Only of a series that is here for its chart anyway. */
function Course({ metric, isBetterLower, open }: CourseProps) {
  // A course of fifty points is no other one three times a second.
  const state = useCalm(open.series.chart(metric), (before, now) => before.kind !== now.kind);
  return useMemo(() => {
    const trend = state.kind === 'ready' ? trendOf(state.series) : null;
    return trend && courseOf(trend, metric, isBetterLower);
  }, [state]);
}

function courseOf(trend: Trend, metric: string, isBetterLower: boolean) {
  return (
    <div class={`course ${isBetterLower ? toneOf(trend) : ''}`}>
      <Sparkline line={{ metric, values: trend.values, whole: true }} />
      <p class="fine">
        <b aria-hidden="true">{ARROWS[trend.direction]}</b> {trend.words}
      </p>
    </div>
  );
}

const ARROWS = { falling: '↘', rising: '↗', flat: '→' } as const;

function toneOf({ direction }: Trend): string {
  if (direction === 'flat') return '';
  return direction === 'falling' ? 'is-good' : 'is-bad';
}

const NON_FINITE = { nan: 'NaN', inf: '∞', '-inf': '−∞' } as const;
const IN_WORDS = { nan: 'not a number', inf: 'infinite', '-inf': 'minus infinite' } as const;

export function lastText(metric: Pick<Metric, 'last_value' | 'last_non_finite'>): string {
  if (metric.last_non_finite) return NON_FINITE[metric.last_non_finite];
  return metric.last_value === null ? '–' : formatValue(metric.last_value);
}

function stepText(metric: Metric): string {
  const at = metric.last_step === null ? 'no step' : `at step ${formatCount(metric.last_step)}`;
  return metric.last_non_finite ? `${IN_WORDS[metric.last_non_finite]} ${at}` : at;
}
