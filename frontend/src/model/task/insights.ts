/** What the rules found, in the order in which it is told. */

import type { Attempt, Insight, Looked, Severity, Task } from '../../wire/messages';
import type { Range } from '../axis';
import { firstCharts, foldedCharts } from '../metrics/metric_choice';
import { OTHER } from '../view/wanted';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Those that the reader wants to hear of: what still holds before what is over, the worst first. */
export function toldInsights(task: Task, muted: readonly string[]): readonly Insight[] {
  const told = task.insights.filter(({ id }) => !muted.includes(id));
  return [...told].sort((a, b) => Number(b.open) - Number(a.open) || rank(a) - rank(b));
}

function rank({ severity }: Insight): number {
  return SEVERITIES.indexOf(severity);
}

/** Open ones that call for somebody. */
export function alarms(insights: readonly Insight[]): readonly Insight[] {
  return insights.filter(({ open, severity }) => open && severity !== 'info');
}

/** "1 error, 2 warnings", of what is open; empty where nothing is. */
export function countText(counts: Readonly<Partial<Record<Severity, number>>>): string {
  return SEVERITIES.filter((one) => counts[one])
    .map((one) => `${counts[one]} ${one === 'info' ? 'note' : one}${counts[one] === 1 ? '' : 's'}`)
    .join(', ');
}

export function countsOf(insights: readonly Insight[]): Partial<Record<Severity, number>> {
  const counts: Partial<Record<Severity, number>> = {};
  for (const { open, severity } of insights) if (open) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}

/** `spike_recovers` reads "spike recovers". */
export function ruleWords(rule: string): string {
  return rule.replaceAll('_', ' ');
}

/** How many rules had something to look at. */
export function lookedAt(looked: readonly Looked[]): number {
  return looked.filter((one) => one.looked).length;
}

/** So much of the stretch on both sides of it, and of the whole task at least. */
const [AROUND, LEAST_AROUND] = [0.25, 0.01];

/** What to zoom to, in accumulated steps: the stretch that it speaks of, with something before and behind it. */
export function stretchAround({ x_start, x_end }: Insight, attempts: readonly Attempt[]): Range {
  const [begin, end] = [attempts[0]?.x_start ?? 0, attempts.at(-1)?.x_end ?? x_end];
  const room = Math.max((x_end - x_start) * AROUND, (end - begin) * LEAST_AROUND, 1);
  return { min: Math.max(begin, x_start - room), max: Math.min(Math.max(end, x_end), x_end + room) };
}

/** What has to be unfolded for the chart of a metric to be on the page, with what is already. */
export function unfoldedFor(metric: string | null, task: Task, view: Unfolded): readonly string[] {
  const { open, pinned } = view;
  if (metric === null || firstCharts(task, pinned).includes(metric)) return open;
  const own = foldedCharts(task, pinned).includes(metric) ? [] : [metric];
  return [...new Set([...open, OTHER, ...own])];
}

interface Unfolded {
  readonly open: readonly string[];
  readonly pinned: readonly string[];
}
