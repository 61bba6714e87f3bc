/** One of the charts that a task is looked at by, with its explanation. */

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Tone } from '../../chart/palette';
import { arranged } from '../../model/metrics/arrangement';
import { type Choice, choose, metricOf } from '../../model/metrics/metric_choice';
import { SPEED } from '../../model/metrics/metric_words';
import type { OfferedMetric, Task } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { Blank } from '../elements/blank';
import { Chevron } from '../elements/icon';
import { chartTitle } from '../elements/metric_titles';
import { ChartCard } from './card';
import { ChartHandle, type Placed } from './handle';
import { Absent, ExpectedLoss, Explained } from './later_popups';
import { ChartActions } from './menu';

/** An evaluation and a schedule are drawn in colours of their own, and as they were logged. */
function toneOf(chart: string, choice: Choice): Tone {
  if (chart === SPEED) return 'speed';
  if (chart === 'learning_rate') return 'schedule';
  const role = choice.kind === 'logged' ? choice.metric.role : 'train';
  return chart === 'eval_loss' || role === 'eval' || role === 'test' ? 'evaluation' : 'training';
}

interface MainChartProps extends TaskProps {
  /** Its metric, or `SPEED`. */
  readonly chart: string;
  /** The charts that it stands among, in the usual order. */
  readonly group: readonly string[];
}

export function MainChart({ chart, group, open, task }: MainChartProps) {
  const { view } = useApp().monitor;
  const { anyway, expected, folded, large, order } = view.values.value;
  const handle = useMemo(() => new ChartHandle(), []);
  const choice = choose(task, chart);
  const metric = metricOf(choice, anyway);
  const title = chartTitle(chart, choice);
  const isFolded = folded.includes(chart);
  const isLarge = large === chart && !isFolded;
  const head = useMemo(
    () => (
      <ChartHead
        {...{ chart, title, handle, isFolded }}
        metric={isFolded ? null : metric}
        task={task.id}
        place={placeOf(chart, group, order)}
      />
    ),
    [chart, title, metric, isFolded, order, `${group}`],
  );
  return (
    <article
      class={`card chart-card ${isLarge ? 'is-large' : ''} ${isFolded ? 'is-folded' : ''}`}
      aria-label={title}
    >
      {head}
      {isFolded ? null : metric === null ? (
        <Missing
          chart={chart}
          choice={choice}
          isEmpty={task.metrics.length === 0}
          isOver={task.mode === 'history'}
        />
      ) : (
        <ChartCard
          {...{ open, task, metric, title, handle }}
          tone={toneOf(chart, choice)}
          note={noteOf(choice)}
          beside={besideOf(chart, task)}
        />
      )}
      {chart === 'loss' && expected && !isFolded && <ExpectedLoss {...{ open, task, handle }} />}
    </article>
  );
}

/** The evaluation that the loss chart has in it where both are looked at together. */
function besideOf(chart: string, task: Task): string | null {
  const { together } = useApp().monitor.view.values.value;
  return chart === 'loss' && together ? metricOf(choose(task, 'eval_loss'), []) : null;
}

function placeOf(chart: string, group: readonly string[], order: readonly string[]): Placed {
  const at = arranged(group, order).indexOf(chart);
  return { charts: group, isFirst: at === 0, isLast: at === group.length - 1 };
}

function noteOf(choice: Choice): string | null {
  return choice.kind === 'offered' ? choice.offer.why : choice.kind === 'logged' ? choice.metric.note : null;
}

interface ChartHeadProps {
  readonly chart: string;
  readonly title: string;
  readonly handle: ChartHandle;
  readonly isFolded: boolean;
  readonly metric: string | null;
  readonly task: string;
  readonly place: Placed;
}

function ChartHead({ chart, title, isFolded, ...rest }: ChartHeadProps) {
  const { view } = useApp().monitor;
  const explained = useSignal(false);
  const id = `about-${chart.replace(/\W+/g, '-')}`;
  return (
    <>
      <div class="chart-head">
        <h3>
          <button
            type="button"
            class="fold chart-fold"
            aria-expanded={!isFolded}
            onClick={() => view.toggle('folded', chart)}
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
          aria-label={`${title}: what does this show?`}
          onClick={() => {
            explained.value = !explained.value;
          }}
        >
          <span class="explain-long">What does this show?</span>
          <span class="explain-short" aria-hidden="true">
            ?
          </span>
        </button>
        <ChartActions title={title} chart={chart} {...rest} />
      </div>
      <div id={id} hidden={!explained.value}>
        {explained.value && <Explained chart={chart} />}
      </div>
    </>
  );
}

interface MissingProps {
  readonly chart: string;
  readonly choice: Choice;
  /** The task has no scalar at all, so it is no wonder that this one is missing. */
  readonly isEmpty: boolean;
  readonly isOver: boolean;
}

function Missing({ chart, choice, isEmpty, isOver }: MissingProps) {
  if (choice.kind === 'offered') return <Offered offer={choice.offer} />;
  if (isEmpty && isOver)
    return (
      <Blank>
        <p class="blank-title">Nothing was logged</p>
        <p>Its event files hold no scalar, so there is no curve to show.</p>
      </Blank>
    );
  return (
    <Blank>
      <p class="blank-title">{isEmpty ? 'Nothing logged yet' : 'Not in the logs of this task'}</p>
      {isEmpty ? (
        <p>The curve begins with the first scalar that the trainer writes.</p>
      ) : (
        <Absent chart={chart} />
      )}
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
