/** Which metrics of a task lead: the first charts, those behind the fold, and the live numbers. A chart is called by its metric. */

import type { Metric, OfferedMetric, Task } from '../../wire/messages';
import { SPEED, SPEED_UNITS } from './metric_words';

/** What leads where the server does not say: a language model's. */
const USUAL_LEADS: readonly string[] = ['loss', 'perplexity'];
const USUAL_OTHERS: readonly string[] = ['grad_norm', 'learning_rate', 'eval_loss', SPEED];
const FIRST_CHARTS = 2;
const MOST_NUMBERS = 6;
/** Kinds whose charts keep their places also where the task does not have them: their absence says something. */
const USUAL_KINDS: readonly string[] = ['language_model', 'seq2seq'];

export type Choice =
  | { readonly kind: 'logged'; readonly metric: Metric }
  | { readonly kind: 'offered'; readonly offer: OfferedMetric }
  | { readonly kind: 'absent' };

/** What the task has of a chart; of speed, the most telling measure that it has. */
export function choose(task: Task, chart: string): Choice {
  const names = chart === SPEED ? Object.keys(SPEED_UNITS) : [chart];
  const logged = names
    .map((name) => task.metrics.find((one) => one.metric === name && one.points > 0))
    .find((one) => one !== undefined);
  if (logged !== undefined) return { kind: 'logged', metric: logged };
  const offer = task.offered.find((one) => names.includes(one.metric));
  return offer === undefined ? { kind: 'absent' } : { kind: 'offered', offer };
}

/** The metric that a chart draws, or null where there is nothing to draw or it was not asked for. */
export function metricOf(choice: Choice, anyway: readonly string[]): string | null {
  if (choice.kind === 'logged') return choice.metric.metric;
  return choice.kind === 'offered' && anyway.includes(choice.offer.metric) ? choice.offer.metric : null;
}

/** The charts on top: what the reader has pinned, then what leads. None is empty where there is anything to show. */
export function firstCharts(task: Task, pinned: readonly string[]): readonly string[] {
  const pins = pinned.filter((name) => isLogged(task, name));
  const leads = leadsOf(task).slice(0, isUsual(task) ? FIRST_CHARTS : undefined);
  const shown = isUsual(task) ? leads : leads.filter((name) => isLogged(task, name));
  const filled = shown.length >= FIRST_CHARTS || task.metrics.length === 0 ? shown : withOthers(task, shown);
  const wanted = filled.length > 0 ? filled : [leads[0] ?? 'loss'];
  return apart(task, [...pins, ...wanted.slice(0, FIRST_CHARTS)]);
}

/** The charts behind the fold: what else leads, and what every training is looked at by. */
export function foldedCharts(task: Task, pinned: readonly string[]): readonly string[] {
  const first = firstCharts(task, pinned);
  const all = [...new Set([...leadsOf(task), ...(isUsual(task) ? [] : USUAL_LEADS), ...USUAL_OTHERS])];
  const isKept = (name: string) =>
    isLogged(task, name) || (isUsual(task) ? USUAL_OTHERS.includes(name) : isOffered(task, name));
  return apart(task, [...first, ...all.filter(isKept)]).slice(first.length);
}

/** The numbers of the moment. */
export function liveNumbers(task: Task, pinned: readonly string[]): readonly string[] {
  const [first = '', ...rest] = leadsOf(task);
  const usual = [first, 'learning_rate', SPEED, 'eval_loss', ...rest, 'grad_norm'];
  const ordered = isUsual(task) ? usual : [first, ...rest, 'loss', 'learning_rate', SPEED, 'grad_norm'];
  const isKept = (name: string, at: number) => isLogged(task, name) || (isUsual(task) && at < 3);
  const shown = [...new Set(ordered)].filter(isKept);
  return apart(task, [...pinned.filter((name) => isLogged(task, name)), ...shown]).slice(0, MOST_NUMBERS);
}

/** Every scalar that no chart above has. */
export function otherMetrics(task: Task, pinned: readonly string[] = []): readonly Metric[] {
  const charts = [...firstCharts(task, pinned), ...foldedCharts(task, pinned)];
  const drawn = new Set(charts.map((chart) => metricOf(choose(task, chart), [])));
  return task.metrics.filter((one) => !drawn.has(one.metric));
}

/** Each once: also a measure of speed that leads by its own name. */
function apart(task: Task, charts: readonly string[]): readonly string[] {
  const drawn = charts.map((chart) => metricOf(choose(task, chart), []) ?? chart);
  return charts.filter((_, at) => drawn.indexOf(drawn[at] ?? '') === at);
}

function leadsOf({ lead }: Task): readonly string[] {
  return lead.length === 0 ? USUAL_LEADS : lead;
}

function isUsual({ kind, lead }: Task): boolean {
  return lead[0] === 'loss' && USUAL_KINDS.includes(kind);
}

function isLogged(task: Task, chart: string): boolean {
  return choose(task, chart).kind === 'logged';
}

/** What may mean nothing is only offered where nobody knows what the training is. */
function isOffered(task: Task, chart: string): boolean {
  return task.kind === 'unknown' && choose(task, chart).kind === 'offered';
}

/** Filled up with what else is looked at, and then with the busiest of what there is. */
function withOthers(task: Task, shown: readonly string[]): readonly string[] {
  const known = ['loss', 'eval_loss', ...USUAL_OTHERS].filter((name) => isLogged(task, name));
  const busiest = task.metrics
    .filter(({ role, points }) => points > 0 && role !== 'final' && role !== 'bookkeeping')
    .sort((a, b) => b.points - a.points)
    .map(({ metric }) => metric);
  return [...new Set([...shown, ...known, ...busiest])].slice(0, FIRST_CHARTS);
}
