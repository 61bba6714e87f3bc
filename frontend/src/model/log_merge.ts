/** Rows of the training log, newest first, each id once. */

import type { LogRow, LogType } from '../wire/messages';

export interface MergedRows {
  readonly rows: readonly LogRow[];
  /** The rows that were not there before, newest first. */
  readonly added: readonly LogRow[];
}

/** Puts a delta (oldest first) on top; a row whose id is known replaces it where it stands. */
export function mergeNewer(rows: readonly LogRow[], delta: readonly LogRow[]): MergedRows {
  const known = new Set(rows.map((row) => row.id));
  const replacing = new Map(delta.filter((row) => known.has(row.id)).map((row) => [row.id, row]));
  const added = uniqueById(delta.filter((row) => !known.has(row.id)).reverse());
  const kept = replacing.size === 0 ? rows : rows.map((row) => replacing.get(row.id) ?? row);
  return { rows: added.length === 0 ? kept : [...added, ...kept], added };
}

/** Puts an older page (newest first) behind; rows that both have are taken once. */
export function mergeOlder(rows: readonly LogRow[], page: readonly LogRow[]): readonly LogRow[] {
  return uniqueById([...rows, ...page]);
}

/** The first of several rows with one id is the newest word on it. */
function uniqueById(rows: readonly LogRow[]): readonly LogRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
}

export function ofTypes(rows: readonly LogRow[], types: readonly LogType[]): readonly LogRow[] {
  return types.length === 0 ? rows : rows.filter((row) => types.includes(row.type));
}
