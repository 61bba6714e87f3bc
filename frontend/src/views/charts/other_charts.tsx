/** The fold group "Other charts". Folded it fetches and draws nothing, and tells the latest values all the same. */

import { arranged } from '../../model/metrics/arrangement';
import { choose, foldedCharts, otherMetrics } from '../../model/metrics/metric_choice';
import { OTHER } from '../../model/view/wanted';
import type { Task } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { Chevron } from '../elements/icon';
import { chartTitle, lastText } from '../elements/metric_titles';
import { AllScalars } from './later_scalars';
import { MainChart } from './main_chart';

export function OtherCharts({ open, task }: TaskProps) {
  const { view } = useApp().monitor;
  const { order, open: unfolded, pinned } = view.values.value;
  const charts = foldedCharts(task, pinned);
  const isOpen = unfolded.includes(OTHER);
  return (
    <section class="other-charts">
      <h2 class="fold-heading">
        <button
          type="button"
          class="fold"
          aria-expanded={isOpen}
          aria-controls="other-charts"
          onClick={() => view.toggle('open', OTHER)}
        >
          <Chevron />
          Other charts
          {!isOpen && <Glance task={task} charts={charts} pinned={pinned} />}
        </button>
      </h2>
      <div id="other-charts" hidden={!isOpen}>
        {isOpen && (
          <>
            <div class="chart-grid">
              {arranged(charts, order).map((chart) => (
                <MainChart key={chart} chart={chart} group={charts} open={open} task={task} />
              ))}
            </div>
            <AllScalars open={open} task={task} />
          </>
        )}
      </div>
    </section>
  );
}

interface GlanceProps {
  readonly task: Task;
  readonly charts: readonly string[];
  readonly pinned: readonly string[];
}

/** More values than these are for whoever opens the group. */
const MOST_VALUES = 6;

function Glance({ task, charts, pinned }: GlanceProps) {
  const rest = otherMetrics(task, pinned).length;
  return (
    <span class="glance-values">
      {charts
        .slice(0, MOST_VALUES)
        .map((chart) => glanceOf(task, chart))
        .map(([name, value]) => (
          <span key={name}>
            {name} <b>{value}</b>
          </span>
        ))}
      {rest > 0 && (
        <span>
          other scalars <b>{rest}</b>
        </span>
      )}
    </span>
  );
}

function glanceOf(task: Task, chart: string): readonly [string, string] {
  const choice = choose(task, chart);
  return [chartTitle(chart, choice), choice.kind === 'logged' ? lastText(choice.metric) : '–'];
}
