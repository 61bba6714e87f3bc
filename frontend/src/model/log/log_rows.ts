/**
 * The rows of the log that are here, by number: 0 is the oldest of those that match the filter. Numbers stay while the log
 * grows, so the list is as long as the log from the start, and is filled where the reader looks.
 */

import type { LogPage, LogRow, LogType } from '../../wire/messages';
import { holdsAll, wordsOf } from './row_text';

export interface LogFilter {
  /** None chosen means all. */
  readonly types: readonly LogType[];
  readonly search: string;
}

export interface Log {
  /** Shared by all states of a list that only grew: a copy at every tick would cost more than all else that is done with the rows. */
  readonly rows: Map<number, LogRow>;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly source: string;
  readonly unsearched: number;
  readonly goesOn: boolean;
  readonly filter: LogFilter;
  /** Another one where rows are no longer where they were: another filter, or a log that was read anew. */
  readonly list: number;
  /** Grows with each page that is filled in. */
  readonly filled: number;
}

/** Rows kept beside those in sight: what the reader scrolls back to is mostly there. */
const KEPT = 2000;
/** New rows that are told may be known already; further back than this none is told again. */
const TOLD_AGAIN = 1000;

export function logOf(page: LogPage, filter: LogFilter, list: number): Log {
  return { rows: numbered(page), ...told(page), filter, list, filled: 0 };
}

function told({ counts, total, source, unsearched, goes_on: goesOn }: LogPage) {
  return { counts, total, source, unsearched, goesOn };
}

/** Whether a row's number may still grow, because older ones are found. */
export function isMoving({ goesOn, filter }: Log): boolean {
  return goesOn && (filter.search !== '' || filter.types.length > 0);
}

/** The log when its search has gone on, with the latest rows that were found: older ones have come below those that are here. */
export function furtherBack(log: Log, page: LogPage): Log {
  const latest = numbered(page);
  const known = new Map([...log.rows].map(([number, row]) => [row.id, number]));
  const rows = new Map(latest);
  for (const [number, { id }] of latest) {
    const before = known.get(id);
    if (before === undefined) continue;
    for (const [at, row] of log.rows) rows.set(at + number - before, row);
    break;
  }
  return { ...log, ...told(page), rows };
}

/** The log with an older page filled in. What it has elsewhere is let go of where it is too much. */
export function filledIn(log: Log, page: LogPage, near: number, latest: number): Log {
  const rows = new Map([...log.rows, ...numbered(page)]);
  letGo(rows, log.total - latest, near);
  return { ...log, rows, filled: log.filled + 1 };
}

/** Of too many rows those that are neither the latest, from this number on, nor near to what is read. */
function letGo(rows: Map<number, LogRow>, latest: number, near: number): void {
  if (rows.size <= KEPT) return;
  for (const number of rows.keys())
    if (number < latest && Math.abs(number - near) > KEPT / 2) rows.delete(number);
}

/**
 * The log with rows that were told, oldest first. They are all there is from the first of them on, so that they take the place
 * of the last ones; `counted` names rows of earlier deltas, which are not counted again.
 */
export function grown(
  log: Log,
  told: readonly LogRow[],
  counted: ReadonlySet<string>,
  near: number,
  latest: number,
): Log {
  const { filter } = log;
  const words = wordsOf(filter.search);
  const found = words.length === 0 ? told : told.filter((row) => holdsAll(row, words));
  const shown = found.filter((row) => filter.types.length === 0 || filter.types.includes(row.type));
  const known = latestOf(log, new Set(told.map((row) => row.id)));
  const { rows } = log;
  const begin = log.total - known.size;
  for (let number = begin; number < log.total; number += 1) rows.delete(number);
  shown.forEach((row, index) => void rows.set(begin + index, row));
  letGo(rows, begin + shown.length - latest, near);
  const counts: Record<string, number> = { ...log.counts };
  for (const { id, type } of found)
    if (!known.has(id) && !counted.has(id)) counts[type] = (counts[type] ?? 0) + 1;
  return { ...log, rows, counts, total: begin + shown.length };
}

/** Which of these rows are among the latest that are here. */
function latestOf({ rows, total }: Log, ids: ReadonlySet<string>): ReadonlySet<string> {
  const known = new Set<string>();
  for (let number = total - 1; number >= total - TOLD_AGAIN; number -= 1) {
    const id = rows.get(number)?.id;
    if (id === undefined) break;
    if (ids.has(id)) known.add(id);
  }
  return known;
}

function numbered({ logs, first }: LogPage): Map<number, LogRow> {
  return new Map(logs.map((row, index) => [first + logs.length - 1 - index, row]));
}
