/** The series to fetch: those whose charts are unfolded, and no other. */

import type { Task } from '../wire/messages';
import { choose, FIRST_ROLES, metricOf, OTHER_ROLES, otherMetrics, type Role } from './metric_choice';
import type { ViewValues } from './view_values';

/** The name by which the fold group "Other charts" stands among what is open. */
export const OTHER = 'other';
/** The most series that the server answers in one go. */
export const MOST_SERIES = 64;

type Choices = Pick<ViewValues, 'open' | 'anyway' | 'folded' | 'together'>;

export function wantedMetrics(task: Task, view: Choices): readonly string[] {
  const roles = view.open.includes(OTHER) ? [...FIRST_ROLES, ...OTHER_ROLES] : FIRST_ROLES;
  const unfolded = roles.filter((role) => !view.folded.includes(role)).flatMap((role) => drawn(role, view));
  const main = unfolded
    .map((role) => metricOf(choose(task, role), view.anyway))
    .filter((one) => one !== null);
  return [...new Set([...main, ...openScalars(task, view)])].slice(0, MOST_SERIES);
}

/** The loss chart has the evaluation in it where both are drawn together. */
function drawn(role: Role, { together }: Choices): readonly Role[] {
  return role === 'loss' && together ? ['loss', 'eval_loss'] : [role];
}

/** The unfolded ones of "All other scalars", while their group is open. */
export function openScalars(task: Task, view: Pick<ViewValues, 'open'>): readonly string[] {
  if (!view.open.includes(OTHER)) return [];
  const names = otherMetrics(task).map((one) => one.metric);
  return names.filter((name) => view.open.includes(name));
}
