/** A task: how it stands, its charts, its attempts, its log. */

import charts from '../styles/charts.css?inline';
import insights from '../styles/insights.css?inline';
import task from '../styles/task.css?inline';
import { isUnknownTask } from '../wire/failure';
import { AttemptsStrip } from './attempts_strip';
import { ChartSection } from './chart_section';
import { type TaskProps, useApp } from './context';
import { InsightsCard } from './insights_card';
import { useFetchedAhead } from './later';
import { ChartMenuItems } from './later_charts';
import { TrainingLog } from './later_log';
import { AllScalars } from './later_scalars';
import { LiveMetrics } from './live_metrics';
import { Part } from './part';
import { Problems } from './problems';
import { StatusPanel } from './status_panel';

export const styles = task + insights + charts;

export function TaskPage({ open, task }: TaskProps) {
  const { monitor } = useApp();
  useFetchedAhead([ChartMenuItems, AllScalars]);
  const failure = open.failure.value;
  const problems = [...(monitor.list.value?.problems ?? []), ...task.problems];
  return (
    <div class="task-page">
      {failure && isUnknownTask(failure) && (
        <p class="notice">{failure.sentence} What you see is the last of it.</p>
      )}
      <div class="task-main">
        <Part name="the glance">
          <div class="glance">
            <StatusPanel open={open} task={task} />
            <LiveMetrics open={open} task={task} />
          </div>
        </Part>
        <Part name="the insights">
          <InsightsCard open={open} task={task} />
        </Part>
        <Part name="the attempts">
          <AttemptsStrip task={task} />
        </Part>
        <Part name="the charts">
          <ChartSection open={open} task={task} />
        </Part>
      </div>
      <div class="task-side">
        <Part name="the training log">
          <TrainingLog open={open} />
        </Part>
        <Problems problems={uniqueProblems(problems)} />
      </div>
    </div>
  );
}

function uniqueProblems<T extends { readonly message: string; readonly where: string }>(
  problems: readonly T[],
) {
  return [...new Map(problems.map((problem) => [`${problem.where} ${problem.message}`, problem])).values()];
}
