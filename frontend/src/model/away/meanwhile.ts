/** What happened in a task while nobody looked, in a few words: "+1,240 steps, loss 2.31 to 2.18, 1 evaluation". */

import { formatCount, formatValue, plural } from '../../base/numbers';
import type { Status, Task } from '../../wire/messages';
import { choose } from '../metrics/metric_choice';

/** How a task stood at a moment. */
export interface Standing {
  readonly id: string;
  readonly at: number;
  readonly status: Status;
  readonly attempts: number;
  readonly step: number | null;
  readonly loss: number | null;
  readonly evaluations: number;
}

export function standingOf(task: Task, evaluations: number, at: number): Standing {
  const loss = choose(task, 'loss');
  return {
    id: task.id,
    at,
    status: task.status,
    attempts: task.attempts.length,
    step: task.step,
    loss: loss.kind === 'logged' ? loss.metric.last_value : null,
    evaluations,
  };
}

/** Nothing where nothing happened. */
export function meanwhileText(before: Standing, now: Standing): string {
  if (before.id !== now.id) return '';
  return [
    now.attempts > before.attempts ? `attempt ${now.attempts} began` : stepsText(before, now),
    lossText(before, now),
    now.evaluations > before.evaluations ? plural(now.evaluations - before.evaluations, 'evaluation') : '',
    now.status === before.status ? '' : `now ${now.status}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function stepsText({ step: from }: Standing, { step: to }: Standing): string {
  const steps = (to ?? 0) - (from ?? 0);
  return steps > 0 ? `+${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}` : '';
}

function lossText({ loss: from }: Standing, { loss: to }: Standing): string {
  if (from === null || to === null || from === to) return '';
  return `loss ${formatValue(from)} to ${formatValue(to)}`;
}
