/** Where a metric is going, by the values that the server has smoothed. */

import { formatValue } from '../../base/numbers';
import type { Series } from '../../wire/messages';

export interface Trend {
  readonly words: string;
  readonly direction: 'falling' | 'rising' | 'flat';
  /** The course that is meant; null where a value was not finite. */
  readonly values: readonly (number | null)[];
}

const POINTS = 50;
const FEWEST = 5;
/** Smaller changes than this share are called flat. */
const FLAT = 0.005;

/** Of the latest attempt alone: a restart is no rise. Null where there are too few points to tell. */
export function trendOf({ smoothed, attempt }: Pick<Series, 'smoothed' | 'attempt'>): Trend | null {
  const begin = Math.max(attempt.indexOf(attempt.at(-1) ?? 0), smoothed.length - POINTS);
  const values = smoothed.slice(begin);
  const finite = values.filter((value) => value !== null);
  const [first, last] = [finite[0], finite.at(-1)];
  if (first === undefined || last === undefined || finite.length < FEWEST) return null;
  const change = last - first;
  const share = first === 0 ? null : change / Math.abs(first);
  const over = `over the last ${values.length} points`;
  if (change === 0 || (share !== null && Math.abs(share) < FLAT))
    return { words: `flat ${over}`, direction: 'flat', values };
  const direction = change < 0 ? 'falling' : 'rising';
  return { words: `${direction}, ${changeText(change, share)} ${over}`, direction, values };
}

function changeText(change: number, share: number | null): string {
  const sign = change < 0 ? '−' : '+';
  // From nearly nothing to something is no percentage that says anything.
  if (share === null || Math.abs(share) > 10) return `${sign}${formatValue(Math.abs(change))}`;
  const percent = Math.abs(share) * 100;
  return `${sign}${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)}%`;
}
