/** Every scalar of the task that no main chart shows: a row each, searched by typing, a chart once unfolded. */

import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatCount, plural } from '../../base/numbers';
import { named, visible } from '../../base/visible';
import { otherMetrics } from '../../model/metrics/metric_choice';
import { MOST_SERIES, wantedMetrics } from '../../model/view/wanted';
import styles from '../../styles/all_scalars.css?inline';
import type { Metric } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { Chevron } from '../elements/icon';
import { lastText } from '../elements/metric_titles';
import { ChartCard } from './card';
import { ChartHandle } from './handle';
import { ChartActions } from './menu';

export { styles };

const FIRST_ROWS = 60;
/** Seconds after which so many numbers are told anew. */
const [FEW_EVERY, MANY_EVERY] = [1, 3];

/** Told anew now and then rather than at every tick, and only in sight: hundreds of numbers that nobody could read faster. */
export function AllScalars({ open, task }: TaskProps) {
  const { now, view } = useApp().monitor;
  const place = useRef<HTMLDivElement>(null);
  const isInSight = useInSight(place);
  const areMany = task.metrics.length > FIRST_ROWS;
  const every = areMany ? MANY_EVERY : FEW_EVERY;
  const beat = useComputed(() => (isInSight.value ? Math.floor(now.value / every) : null));
  const { pinned } = view.values.value;
  const scalars = useMemo(
    () => <Scalars open={open} task={task} />,
    [beat.value, open, task.status, task.metrics.length, task.attempts.length, pinned],
  );
  return (
    <div ref={place} class={areMany ? 'many-scalars' : 'few-scalars'}>
      {scalars}
    </div>
  );
}

function useInSight(place: { readonly current: HTMLElement | null }): ReadonlySignal<boolean> {
  const isInSight = useSignal(true);
  useEffect(() => {
    if (place.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      isInSight.value = entries.at(-1)?.isIntersecting ?? true;
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return isInSight;
}

function Scalars({ open, task }: TaskProps) {
  const text = useSignal('');
  const all = useSignal(false);
  const view = useApp().monitor.view.values.value;
  const metrics = otherMetrics(task, view.pinned);
  if (metrics.length === 0) return null;
  const matching = metrics.filter((metric) => matches(metric, text.value));
  const shown = all.value ? matching : matching.slice(0, FIRST_ROWS);
  const isFull = wantedMetrics(task, view).length >= MOST_SERIES;
  return (
    <section class="all-scalars" aria-labelledby="scalars-heading">
      <div class="section-head">
        <h3 id="scalars-heading">All other scalars ({formatCount(metrics.length)})</h3>
        <input
          class="field"
          type="search"
          aria-label="Find a scalar by its tag"
          placeholder="Find a scalar"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </div>
      {[...byPrefix(shown)].map(([prefix, group]) => (
        <ScalarGroup key={prefix} prefix={prefix} metrics={group} isFull={isFull} open={open} task={task} />
      ))}
      {matching.length === 0 && <p class="hint">No scalar of this task has that in its tag.</p>}
      {shown.length < matching.length && (
        <button type="button" class="link" onClick={() => (all.value = true)}>
          Show {formatCount(matching.length - shown.length)} more
        </button>
      )}
    </section>
  );
}

function matches(metric: Metric, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const haystack = `${metric.metric} ${metric.tag} ${metric.run}`.toLowerCase();
  return words.every((word) => haystack.includes(word));
}

/** Tags are paths: those under one folder stand together. */
function byPrefix(metrics: readonly Metric[]): ReadonlyMap<string, readonly Metric[]> {
  const groups = new Map<string, Metric[]>();
  for (const metric of metrics) {
    const prefix = metric.metric.includes('/') ? metric.metric.slice(0, metric.metric.indexOf('/')) : '';
    const group = groups.get(prefix);
    if (group) group.push(metric);
    else groups.set(prefix, [metric]);
  }
  return groups;
}

interface ScalarGroupProps extends TaskProps {
  readonly prefix: string;
  readonly metrics: readonly Metric[];
  /** As many charts are open as the server answers in one go. */
  readonly isFull: boolean;
}

function ScalarGroup({ prefix, metrics, isFull, open, task }: ScalarGroupProps) {
  return (
    <div class="scalar-group">
      {prefix !== '' && <h4>{named(prefix)}</h4>}
      <div class="scalar-rows">
        {metrics.map((metric) => (
          <ScalarRow key={metric.metric} metric={metric} isFull={isFull} open={open} task={task} />
        ))}
      </div>
    </div>
  );
}

type ScalarRowProps = TaskProps & Pick<ScalarGroupProps, 'isFull'> & { readonly metric: Metric };

function ScalarRow({ metric, isFull, open, task }: ScalarRowProps) {
  const { view } = useApp().monitor;
  const { open: unfolded, large } = view.values.value;
  const handle = useMemo(() => new ChartHandle(), []);
  const name = metric.metric;
  const title = named(name);
  const isOpen = unfolded.includes(name);
  const isBarred = isFull && !isOpen;
  return (
    <div class={`scalar ${isOpen ? 'card is-open' : ''} ${isOpen && large === name ? 'is-large' : ''}`}>
      <div class="scalar-head">
        <button
          type="button"
          class="fold scalar-fold"
          aria-expanded={isOpen}
          disabled={isBarred}
          title={
            isBarred ? `At most ${MOST_SERIES} charts at a time: fold another first` : visible(metric.tag)
          }
          onClick={() => view.toggle('open', name)}
        >
          <Chevron />
          <span class="scalar-name">{title}</span>
          <span class="fine">{plural(metric.points, 'point')}</span>
          <b>{lastText(metric)}</b>
        </button>
        {isOpen && (
          <ChartActions
            handle={handle}
            task={task.id}
            title={title}
            chart={name}
            metric={name}
            place={null}
          />
        )}
      </div>
      {isOpen && (
        <ChartCard
          {...{ open, task, handle }}
          metric={name}
          title={title}
          tone={isEvaluation(metric) ? 'evaluation' : 'other'}
          note={metric.note}
          beside={null}
        />
      )}
    </div>
  );
}

function isEvaluation({ role }: Metric): boolean {
  return role === 'eval' || role === 'test';
}
