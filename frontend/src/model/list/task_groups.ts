/** Tasks by their folders: which belong together, what their names share, and how each group stands. */

import type { Status, TaskSummary } from '../../wire/messages';
import { type Piece, piecesAmong } from './name_pieces';

/** What is known of all tasks' folders; made once for each list. */
export interface Folders {
  /** The folder by which a task is grouped; empty for those that no other shares one with. */
  of(task: TaskSummary): string;
  /** Its name: what its siblings' names have too, and what is its own. */
  pieces(task: TaskSummary): readonly Piece[];
  /** Whether it was made of exactly these tasks, however they stand by now. */
  isOf(tasks: readonly TaskSummary[]): boolean;
}

/** A task belongs to the deepest folder around it that has another task below it. */
export function foldersOf(tasks: readonly TaskSummary[]): Folders {
  const around = tasks.map(({ id }) => foldersAround(id));
  const counts = new Map<string, number>();
  for (const folder of around.flat()) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  const folders = new Map<string, string>();
  const names = new Map<string, string[]>();
  tasks.forEach(({ id, name }, at) => {
    const folder = around[at]?.find((one) => (counts.get(one) ?? 0) > 1) ?? '';
    folders.set(id, folder);
    const siblings = names.get(folder);
    if (siblings) siblings.push(name);
    else names.set(folder, [name]);
  });
  const known = new Map<string, (name: string) => readonly Piece[]>();
  const of = ({ id }: TaskSummary) => folders.get(id) ?? '';
  // Only of rows that somebody sees.
  const pieces = (task: TaskSummary) => {
    const folder = of(task);
    const among = known.get(folder) ?? piecesAmong(names.get(folder) ?? []);
    known.set(folder, among);
    return among(task.name);
  };
  const isOf = (others: readonly TaskSummary[]) =>
    others.length === folders.size && others.every(({ id }) => folders.has(id));
  return { of, pieces, isOf };
}

/** Deepest first. */
function foldersAround(id: string): readonly string[] {
  const around: string[] = [];
  for (let at = id.lastIndexOf('/'); at > 0; at = id.lastIndexOf('/', at - 1)) around.push(id.slice(0, at));
  return around;
}

export interface Group {
  readonly folder: string;
  readonly tasks: readonly TaskSummary[];
}

/** In the order in which their first tasks come. */
export function groupsOf(tasks: readonly TaskSummary[], folders: Folders): readonly Group[] {
  const groups = new Map<string, TaskSummary[]>();
  for (const task of tasks) {
    const folder = folders.of(task);
    const group = groups.get(folder);
    if (group) group.push(task);
    else groups.set(folder, [task]);
  }
  return [...groups].map(([folder, all]) => ({ folder, tasks: all }));
}

export function statusCounts(tasks: readonly TaskSummary[]): ReadonlyMap<Status, number> {
  const counts = new Map<Status, number>();
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

export interface BestLead {
  readonly label: string;
  readonly value: number;
}

/** The best value of what leads in most of them, where it is known which way is the better one. */
export function bestLead(tasks: readonly TaskSummary[]): BestLead | null {
  const values = new Map<string, number[]>();
  for (const { lead_metric: metric, lead_value: value } of tasks) {
    if (metric === null || typeof value !== 'number') continue;
    const known = values.get(metric);
    if (known) known.push(value);
    else values.set(metric, [value]);
  }
  const [most] = [...values].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return null;
  const [metric, all] = most;
  const one = tasks.find((task) => task.lead_metric === metric);
  if (one === undefined || one.lead_better === null) return null;
  return {
    label: one.lead_label ?? metric,
    value: one.lead_better === 'higher' ? Math.max(...all) : Math.min(...all),
  };
}

/** The head of a group in the list. */
export interface Head extends Group {
  readonly isFolded: boolean;
}

/** A row of the list: a task itself, or the head of a group. There may be 20,000 at each keystroke. */
export type Row = TaskSummary | Head;

export function isHead(row: Row): row is Head {
  return 'folder' in row;
}

export function keyOf(row: Row): string {
  return isHead(row) ? `${row.folder}/` : row.id;
}

export function rowsOf(
  tasks: readonly TaskSummary[],
  folders: Folders | null,
  folded: readonly string[],
): readonly Row[] {
  if (folders === null) return tasks;
  const rows: Row[] = [];
  for (const group of groupsOf(tasks, folders)) {
    const isFolded = folded.includes(group.folder);
    rows.push({ ...group, isFolded });
    if (!isFolded) for (const task of group.tasks) rows.push(task);
  }
  return rows;
}
