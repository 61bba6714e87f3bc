/** A task: how it stands, its charts, its attempts, its log. */

import charts from '../../styles/charts.css?inline';
import insights from '../../styles/insights.css?inline';
import task from '../../styles/task.css?inline';
import { isUnknownTask } from '../../wire/failure';
import { AttemptsStrip } from '../attempts/strip';
import { ChartMenuItems } from '../charts/later_popups';
import { AllScalars } from '../charts/later_scalars';
import { ChartSection } from '../charts/section';
import { type TaskProps, useApp } from '../context';
import { useFetchedAhead } from '../elements/later';
import { Part } from '../elements/part';
import { Problems } from '../elements/problems';
import { LiveMetrics } from '../glance/live_metrics';
import { StatusPanel } from '../glance/status_panel';
import { TrainingLog } from '../log/later_log';
import { InsightsCard } from './insights_card';
import { Proof } from './later_details';

export const styles = task + insights + charts;

export function TaskPage({ open, task }: TaskProps) {
  const { monitor } = useApp();
  useFetchedAhead([ChartMenuItems, AllScalars, Proof]);
  const failure = open.failure.value;
  const problems = [...(monitor.tasks.list.value?.problems ?? []), ...task.problems];
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
