/** The list of tasks: put together from answers, searched, and counted by status. Fast enough for 20,000 at every keystroke. */

import type { InsightCounts, Status, TaskList, TaskSummary } from '../../wire/messages';

export const STATUSES: readonly Status[] = ['running', 'pending', 'completed', 'failed', 'stopped'];

/** The list with an answer put in: whole, or what was judged since. The same list where nothing has changed. */
export function merged(before: TaskList | null, answer: TaskList): TaskList {
  if (before === null || answer.whole) return answer;
  if (answer.tasks.length > 0) return { ...answer, tasks: withNews(before.tasks, answer.tasks), whole: true };
  return isQuiet(before, answer) ? before : { ...answer, tasks: before.tasks, whole: true };
}

function isQuiet(before: TaskList, answer: TaskList): boolean {
  const rest = ({ problems, progress, revision, insights }: TaskList) =>
    JSON.stringify([problems, progress, revision, insights]);
  return rest(before) === rest(answer);
}

function withNews(before: readonly TaskSummary[], news: readonly TaskSummary[]): readonly TaskSummary[] {
  const judged = new Map(news.map((task) => [task.id, task]));
  const kept = before.filter((task) => !judged.has(task.id));
  return [...news, ...kept].sort(newestFirst);
}

/** As the server sorts: by the latest activity, those without any last. */
function newestFirst(one: TaskSummary, other: TaskSummary): number {
  const later = (other.last_event_at ?? 0) - (one.last_event_at ?? 0);
  return later || (one.id < other.id ? -1 : 1);
}

/** What the reader looks for among all tasks. */
export interface Sought {
  /** Words that a task has in its name, id or status. */
  readonly find: string;
  /** Any of these; none means all. */
  readonly statuses: readonly Status[];
  /** Only tasks of which a rule says something. */
  readonly alarmed: boolean;
}

export interface Found {
  /** Those that are looked for. */
  readonly tasks: readonly TaskSummary[];
  /** How many of each status the words alone leave, and how many with alarms. */
  readonly counts: Readonly<Record<Status | 'alarmed', number>>;
}

/** `alarms` are the ids of the tasks that have some. */
export function find(
  tasks: readonly TaskSummary[],
  { find: text, statuses, alarmed }: Sought,
  alarms: ReadonlySet<string>,
): Found {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = { running: 0, pending: 0, completed: 0, failed: 0, stopped: 0, alarmed: 0 };
  const chosen = tasks.filter((task) => {
    if (words.length > 0 && !hasAll(task, words)) return false;
    counts[task.status] += 1;
    const isAlarmed = alarms.has(task.id);
    if (isAlarmed) counts.alarmed += 1;
    return (isAlarmed || !alarmed) && (statuses.length === 0 || statuses.includes(task.status));
  });
  return { tasks: chosen, counts };
}

/** The tasks of which a rule says something, by their ids. */
export function alarmsAmong(insights: TaskList['insights']): ReadonlySet<string> {
  return new Set(Object.keys(insights).filter((id) => hasAlarm(insights[id])));
}

function hasAlarm(counts: InsightCounts | undefined): boolean {
  return counts !== undefined && counts.error + counts.warning > 0;
}

export interface Ordered {
  readonly tasks: readonly TaskSummary[];
  /** Whether the list would now be in another order, or have other tasks. */
  readonly isStale: boolean;
}

/** The tasks in an order of before, so that nothing moves under the pointer; those that came since are left out. */
export function inOrder(tasks: readonly TaskSummary[], ids: readonly string[] | null): Ordered {
  if (ids === null) return { tasks, isStale: false };
  const known = new Map(tasks.map((task) => [task.id, task]));
  const ordered = ids.map((id) => known.get(id)).filter((task) => task !== undefined);
  const isStale = ordered.length !== tasks.length || ordered.some((task, at) => task !== tasks[at]);
  return { tasks: ordered, isStale };
}

const texts = Symbol('what a task is found by');

/** Kept with the task, so that a keystroke does not spell 20,000 names in small letters again. */
interface Searchable extends TaskSummary {
  [texts]?: string;
}

function hasAll(task: Searchable, words: readonly string[]): boolean {
  task[texts] ??= `${task.name}\n${task.id}\n${task.status}`.toLowerCase();
  const text = task[texts];
  return words.every((word) => text.includes(word));
}

/** The task that comes so many places after this one; the first where this one is not among them. */
export function neighbour(
  tasks: readonly TaskSummary[],
  id: string | null,
  places: number,
): TaskSummary | undefined {
  const at = tasks.findIndex((task) => task.id === id);
  return at < 0 ? tasks[0] : tasks[at + places];
}
