/** Which of a task's metrics stands in each of the six main charts and in the live panel. */

import type { Metric, OfferedMetric, Task } from '../wire/messages';

/** A main chart by what it shows; `speed` is whichever measure of it the task has. */
export type Role = 'loss' | 'perplexity' | 'grad_norm' | 'learning_rate' | 'eval_loss' | 'speed';

export const TITLES: Readonly<Record<Role, string>> = {
  loss: 'Loss',
  perplexity: 'Perplexity',
  grad_norm: 'Gradient norm',
  learning_rate: 'Learning rate',
  eval_loss: 'Evaluation loss',
  speed: 'Speed',
};

export const FIRST_ROLES: readonly Role[] = ['loss', 'perplexity'];
export const OTHER_ROLES: readonly Role[] = ['grad_norm', 'learning_rate', 'eval_loss', 'speed'];

/** Measures of speed, the most telling first, each with its unit. */
export const SPEED_UNITS: Readonly<Record<string, string>> = {
  samples_per_second: 'samples/s',
  tokens_per_second: 'tokens/s',
  env_fps: 'env frames/s',
  frames_per_second: 'frames/s',
  steps_per_second: 'steps/s',
};

export type Choice =
  | { readonly kind: 'logged'; readonly metric: Metric }
  | { readonly kind: 'offered'; readonly offer: OfferedMetric }
  | { readonly kind: 'absent' };

export function choose(task: Task, role: Role): Choice {
  const names = role === 'speed' ? Object.keys(SPEED_UNITS) : [role];
  const logged = names
    .map((name) => task.metrics.find((one) => one.metric === name && one.points > 0))
    .find((one) => one !== undefined);
  if (logged !== undefined) return { kind: 'logged', metric: logged };
  const offer = task.offered.find((one) => names.includes(one.metric));
  return offer === undefined ? { kind: 'absent' } : { kind: 'offered', offer };
}

/** The metric that a role's chart draws, or null where there is nothing to draw or it was not asked for. */
export function metricOf(choice: Choice, anyway: readonly string[]): string | null {
  if (choice.kind === 'logged') return choice.metric.metric;
  return choice.kind === 'offered' && anyway.includes(choice.offer.metric) ? choice.offer.metric : null;
}

/** Every scalar that no main chart shows. */
export function otherMetrics(task: Task): readonly Metric[] {
  const main = new Set([...FIRST_ROLES, ...OTHER_ROLES].map((role) => metricOf(choose(task, role), [])));
  return task.metrics.filter((one) => !main.has(one.metric));
}
