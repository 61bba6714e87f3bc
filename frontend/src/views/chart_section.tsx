/** All charts of a task, under what is said of all of them. */

import { arranged } from '../model/arrangement';
import { FIRST_ROLES } from '../model/metric_choice';
import { bestText } from './chart_marks';
import { useEscape } from './chart_menu';
import { ChartToolbar } from './chart_toolbar';
import { type TaskProps, useApp } from './context';
import { MainChart } from './main_chart';
import { OtherCharts } from './other_charts';

export function ChartSection({ open, task }: TaskProps) {
  const { view } = useApp().monitor;
  const { order } = view.values.value;
  useEscape(view);
  return (
    <section aria-labelledby="charts-heading" class="charts">
      <div class="section-head">
        <h2 id="charts-heading">Charts</h2>
        <ChartToolbar task={task} />
      </div>
      <BestEvaluation open={open} task={task} />
      <div class="chart-grid">
        {arranged(FIRST_ROLES, order).map((role) => (
          <MainChart key={role} role={role} group={FIRST_ROLES} open={open} task={task} />
        ))}
      </div>
      <OtherCharts open={open} task={task} />
    </section>
  );
}

/** Which checkpoint is best must take no click. */
function BestEvaluation({ open, task }: TaskProps) {
  const best = open.marks.marks.value?.best;
  if (best == null) return null;
  return <p class="best">{bestText(best, task.attempts.length)}</p>;
}
