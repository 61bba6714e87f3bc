/** The list in the order of a column, either way. Sorted once for each list, not at each keystroke: a search keeps the order. */

import type { InsightCounts, TaskList, TaskSummary } from '../../wire/messages';
import { STATUSES } from './task_list';

export const COLUMNS = ['name', 'status', 'step', 'left', 'lead', 'insights', 'activity'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  readonly column: Column;
  readonly isReversed: boolean;
}

/** As the server sends it. */
export const NEWEST_FIRST: Order = { column: 'activity', isReversed: false };
export const BY_NAME: Order = { column: 'name', isReversed: false };

/** "-step" is by steps the other way round; anything else is the usual order. */
export function orderFrom(text: string | undefined): Order {
  const column = COLUMNS.find((one) => one === text?.replace(/^-/, ''));
  return column === undefined ? NEWEST_FIRST : { column, isReversed: text?.startsWith('-') === true };
}

export function orderText({ column, isReversed }: Order): string {
  return isReversed ? `-${column}` : column;
}

/** A click on a column: by it, and with the next one the other way round. */
export function clicked(before: Order, column: Column): Order {
  return { column, isReversed: before.column === column && !before.isReversed };
}

/** Sorted; tasks that have nothing in the column come last either way, and equal ones stay as they were. */
export function inOrderOf(
  tasks: readonly TaskSummary[],
  order: Order,
  insights: Insights = {},
): readonly TaskSummary[] {
  const { column, isReversed } = order;
  if (column === 'activity' && !isReversed) return tasks;
  const [key, usual] = KEYS[column];
  const way = isReversed ? -usual : usual;
  const sorted = tasks
    .map((task) => ({ task, key: key(task, insights) }))
    .sort((a, b) => compared(a.key, b.key, way))
    .map(({ task }) => task);
  return column === 'lead' ? byMetric(sorted) : sorted;
}

/** A reward is no larger a loss: those with the same metric stand together, the metric of most tasks first. */
function byMetric(tasks: readonly TaskSummary[]): readonly TaskSummary[] {
  const groups = new Map<string | null, TaskSummary[]>();
  for (const task of tasks) {
    const metric = leadKey(task) === null ? null : task.lead_metric;
    const group = groups.get(metric);
    if (group) group.push(task);
    else groups.set(metric, [task]);
  }
  const size = ([metric, { length }]: [string | null, TaskSummary[]]) => (metric === null ? 0 : length);
  return [...groups].sort((a, b) => size(b) - size(a)).flatMap(([, group]) => group);
}

type Insights = TaskList['insights'];
type Key = number | string | null;

function compared(a: Key, b: Key, way: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -way : way;
}

/** What a column sorts by, and whether small (1) or large (-1) comes first with the first click. */
const KEYS: Readonly<Record<Column, readonly [(task: TaskSummary, insights: Insights) => Key, 1 | -1]>> = {
  name: [naturalName, 1],
  status: [({ status }) => STATUSES.indexOf(status), 1],
  step: [({ step }) => step, -1],
  left: [({ eta }) => eta?.finish_at ?? null, 1],
  lead: [leadKey, 1],
  insights: [({ id }, insights) => alarmKey(insights[id]), -1],
  activity: [({ last_event_at }) => last_event_at, -1],
};

/** The best first. */
function leadKey({ lead_value: value, lead_better: better }: TaskSummary): number | null {
  return typeof value !== 'number' ? null : better === 'higher' ? -value : value;
}

function alarmKey(counts: InsightCounts | undefined): Key {
  return counts === undefined ? null : counts.error * 1000 + counts.warning || null;
}

const natural = Symbol('what a task is sorted by its name by');

interface Sortable extends TaskSummary {
  [natural]?: string;
}

const ZEROS = '0'.repeat(12);

/** Numbers by their size: run 9 before run 10. Kept with the task, for there may be 20,000. */
function naturalName(task: Sortable): string {
  task[natural] ??= task.name.toLowerCase().replace(/\d+/g, (digits) => ZEROS.slice(digits.length) + digits);
  return task[natural];
}

/** A millisecond's work or two, and time for what the reader does meanwhile. */
const [NAMES_AT_ONCE, NAMES_EVERY_MS] = [1000, 10];

/** Spells out in the background what names are sorted by, `then` has them all; until what it returns is called. */
export function spellNames(tasks: readonly TaskSummary[], then: () => void): () => void {
  let at = 0;
  const timer = setInterval(() => {
    for (const end = at + NAMES_AT_ONCE; at < end && at < tasks.length; at += 1)
      naturalName(tasks[at] as TaskSummary);
    if (at < tasks.length) return;
    clearInterval(timer);
    then();
  }, NAMES_EVERY_MS);
  return () => clearInterval(timer);
}
