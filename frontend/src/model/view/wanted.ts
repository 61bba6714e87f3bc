/** The series to fetch: those whose charts are unfolded, and no other. */

import type { Task } from '../../wire/messages';
import { choose, firstCharts, foldedCharts, metricOf, otherMetrics } from '../metrics/metric_choice';
import type { ViewValues } from './view_values';

/** The name by which the fold group "Other charts" stands among what is open. */
export const OTHER = 'other';
/** The most series that the server answers in one go. */
export const MOST_SERIES = 64;

type Choices = Pick<ViewValues, 'open' | 'anyway' | 'folded' | 'together' | 'pinned'>;

export function wantedMetrics(task: Task, view: Choices): readonly string[] {
  const { pinned } = view;
  const behind = view.open.includes(OTHER) ? foldedCharts(task, pinned) : [];
  const unfolded = [...firstCharts(task, pinned), ...behind]
    .filter((chart) => !view.folded.includes(chart))
    .flatMap((chart) => drawn(chart, view));
  const main = unfolded
    .map((chart) => metricOf(choose(task, chart), view.anyway))
    .filter((one) => one !== null);
  return [...new Set([...main, ...openScalars(task, view)])].slice(0, MOST_SERIES);
}

/** The loss chart has the evaluation in it where both are drawn together. */
function drawn(chart: string, { together }: Choices): readonly string[] {
  return chart === 'loss' && together ? ['loss', 'eval_loss'] : [chart];
}

/** The unfolded ones of "All other scalars", while their group is open. */
export function openScalars(task: Task, view: Pick<ViewValues, 'open' | 'pinned'>): readonly string[] {
  if (!view.open.includes(OTHER)) return [];
  const names = otherMetrics(task, view.pinned).map((one) => one.metric);
  return names.filter((name) => view.open.includes(name));
}
