/** All charts of a task, under what is said of all of them. */

import { formatCount } from '../../base/numbers';
import type { RailMarkType } from '../../chart/content';
import { PALETTES } from '../../chart/palette';
import { railColour } from '../../chart/rail';
import { AXES } from '../../model/axis';
import { arranged } from '../../model/metrics/arrangement';
import { choose, firstCharts } from '../../model/metrics/metric_choice';
import { toldInsights } from '../../model/task/insights';
import { EVERY } from '../../model/view/view_values';
import { type TaskProps, useApp, useKey } from '../context';
import { MainChart } from './main_chart';
import { bestText } from './marks';
import { useEscape } from './menu';
import { OtherCharts } from './other_charts';
import { ChartToolbar } from './toolbar';

export function ChartSection({ open, task }: TaskProps) {
  const { view } = useApp().monitor;
  const { order, pinned } = view.values.value;
  const first = firstCharts(task, pinned);
  useEscape(view);
  useChartKeys();
  return (
    <section aria-labelledby="charts-heading" class="charts">
      <div class="section-head">
        <h2 id="charts-heading">Charts</h2>
        <ChartToolbar hasEvaluation={choose(task, 'eval_loss').kind === 'logged'} />
      </div>
      <div class="section-head">
        <BestEvaluation open={open} task={task} />
        <RailKey open={open} task={task} />
      </div>
      <div class="chart-grid">
        {arranged(first, order).map((chart) => (
          <MainChart key={chart} chart={chart} group={first} open={open} task={task} />
        ))}
      </div>
      <OtherCharts open={open} task={task} />
    </section>
  );
}

function useChartKeys(): void {
  const { monitor } = useApp();
  const { view } = monitor;
  useKey('l', 'Logarithmic axes, or linear ones', () =>
    view.set({ log: view.values.peek().log.includes(EVERY) ? [] : [EVERY] }),
  );
  useKey('e', 'Training and evaluation together, or apart', () =>
    view.set({ together: !view.values.peek().together }),
  );
  useKey('x', 'The next kind of x axis', () => {
    const next = (AXES.indexOf(view.values.peek().axis) + 1) % AXES.length;
    monitor.zoom.setAxis(AXES[next] ?? 'accumulated');
  });
}

/** Which checkpoint is best must take no click. */
function BestEvaluation({ open, task }: TaskProps) {
  const best = open.marks.marks.value?.best;
  if (best == null) return null;
  const label = task.metrics.find(({ metric }) => metric === best.metric)?.label;
  return <p class="best">{bestText(best, task.attempts.length, label)}</p>;
}

const SIGNS: readonly (readonly [RailMarkType, string, string])[] = [
  ['restart', '❙', 'restart'],
  ['eval', '●', 'evaluation'],
  ['checkpoint', '■', 'checkpoint'],
  ['learning_rate', '▲', 'learning rate turns'],
  ['insight', '◆', 'insight'],
];

/** What the signs under the axes stand for, of those that there are. */
function RailKey({ open, task }: TaskProps) {
  const { monitor, theme } = useApp();
  const palette = PALETTES[theme.value];
  const marks = open.marks.marks.value;
  const types = new Set<RailMarkType>((marks?.marks ?? []).map((mark) => mark.type));
  if (task.attempts.length > 1 && monitor.view.values.value.axis !== 'step') types.add('restart');
  if (toldInsights(task, monitor.view.values.value.muted).length > 0) types.add('insight');
  if (types.size === 0) return null;
  return (
    <p class="rail-key">
      Under the axes:
      {SIGNS.filter(([type]) => types.has(type)).map(([type, sign, name]) => (
        <span key={type}>
          <i style={{ color: railColour(type, palette) }} aria-hidden="true">
            {sign}
          </i>{' '}
          {name}
        </span>
      ))}
      {marks !== null && marks.omitted > 0 && <span>({formatCount(marks.omitted)} more left out)</span>}
    </p>
  );
}
