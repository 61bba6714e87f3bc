/** At which rows of the log insights begin. */

import type { Insight } from '../../wire/messages';
import type { Log } from './log_rows';

/**
 * The insights of each row in sight, by the row's number; `first` and `end` count from the newest row on. One begins at the oldest row
 * of its attempt that lies at its begin or behind it. Where the row before that one is not here, nobody knows, and nothing is said.
 */
export function insightsAt(
  { rows, total }: Pick<Log, 'rows' | 'total'>,
  insights: readonly Insight[],
  first: number,
  end: number,
): ReadonlyMap<number, readonly Insight[]> {
  const found = new Map<number, Insight[]>();
  for (const insight of insights) {
    const lies = (number: number): boolean | null => {
      const row = rows.get(number);
      if (row === undefined) return null;
      return row.attempt === insight.attempt && row.x !== null && row.x >= insight.x_start;
    };
    let number = total - end;
    while (number < total - first && lies(number) === false) number += 1;
    if (number >= total - first || lies(number) === null) continue;
    if (number > 0 && lies(number - 1) !== false) continue;
    found.set(number, [...(found.get(number) ?? []), insight]);
  }
  return found;
}

/** Changes when marks have to be made anew; the insights themselves are other objects at every tick. */
export function insightKey(insights: readonly Insight[]): string {
  return JSON.stringify(insights.map(({ id, title, severity, x_start }) => [id, title, severity, x_start]));
}
