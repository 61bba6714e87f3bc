/** The numbers of the moment, each with its course: what leads, learning rate, speed. */

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { formatCount } from '../../base/numbers';
import { type Choice, choose, liveNumbers } from '../../model/metrics/metric_choice';
import type { Metric } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { useCalm } from '../elements/calm';
import { lastText, numberLabel } from '../elements/metric_titles';
import { Sparkline } from '../elements/sparkline';
import { type Trend, trendOf } from './trend';

export function LiveMetrics({ open, task }: TaskProps) {
  const { pinned } = useApp().monitor.view.values.value;
  return (
    <section class="card live-metrics" aria-labelledby="live-heading">
      <h2 id="live-heading">{task.mode === 'live' ? 'Live metrics' : 'Last metrics'}</h2>
      {task.metrics.length === 0 && (
        <p class="fine">{task.mode === 'live' ? 'No numbers yet.' : 'No numbers.'}</p>
      )}
      <div class="tiles">
        {liveNumbers(task, pinned).map((chart) => (
          <Tile key={chart} chart={chart} choice={choose(task, chart)} open={open} />
        ))}
      </div>
    </section>
  );
}

interface TileProps extends Pick<TaskProps, 'open'> {
  readonly chart: string;
  readonly choice: Choice;
}

function Tile({ chart, choice, open }: TileProps) {
  const label = numberLabel(chart, choice);
  const metric = choice.kind === 'logged' ? choice.metric : null;
  return (
    <div class="tile">
      <p class="tile-label" title={label}>
        {label}
      </p>
      {metric ? (
        <Numbers key={metric.metric} metric={metric.metric} open={open} />
      ) : (
        <>
          <p class="tile-value">–</p>
          <p class="fine">not logged</p>
        </>
      )}
      {metric && <Course metric={metric.metric} better={metric.better} open={open} />}
    </div>
  );
}

/** They follow every point, each text alone. */
function Numbers({ metric, open }: Pick<CourseProps, 'metric' | 'open'>) {
  const found = useComputed(() => open.task.value?.metrics.find((one) => one.metric === metric));
  const value = useComputed(() => (found.value ? lastText(found.value) : '–'));
  const step = useComputed(() => (found.value ? stepText(found.value) : ''));
  const style = useComputed(() => `tile-value ${found.value?.last_non_finite ? 'is-non-finite' : ''}`);
  return (
    <>
      <p class={style}>{value}</p>
      <p class="fine tile-step">{step}</p>
    </>
  );
}

type Better = Metric['better'];

interface CourseProps extends Pick<TaskProps, 'open'> {
  readonly metric: string;
  readonly better: Better;
}

/** Only of a series that is here for its chart anyway. */
function Course({ metric, better, open }: CourseProps) {
  // A course of fifty points is no other one three times a second.
  const state = useCalm(open.series.chart(metric), (before, now) => before.kind !== now.kind);
  return useMemo(() => {
    const trend = state.kind === 'ready' ? trendOf(state.series) : null;
    return trend && courseOf(trend, metric, better);
  }, [state]);
}

function courseOf(trend: Trend, metric: string, better: Better) {
  return (
    <div class={`course ${toneOf(trend, better)}`}>
      <Sparkline line={{ metric, values: trend.values, whole: true }} />
      {trend.direction && (
        <p class="fine">
          <b aria-hidden="true">{ARROWS[trend.direction]}</b> {trend.words}
        </p>
      )}
    </div>
  );
}

const ARROWS = { falling: '↘', rising: '↗', flat: '→' } as const;

function toneOf({ direction }: Trend, better: Better): string {
  if (direction === null || direction === 'flat' || better === null) return '';
  return (direction === 'rising') === (better === 'higher') ? 'is-good' : 'is-bad';
}

const IN_WORDS = { nan: 'not a number', inf: 'infinite', '-inf': 'minus infinite' } as const;

function stepText(metric: Metric): string {
  const at = metric.last_step === null ? 'no step' : `at step ${formatCount(metric.last_step)}`;
  return metric.last_non_finite ? `${IN_WORDS[metric.last_non_finite]} ${at}` : at;
}
