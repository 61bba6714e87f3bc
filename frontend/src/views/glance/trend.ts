/** Where a metric is going, by the values that the server has smoothed. */

import { formatValue } from '../../base/numbers';
import type { Series } from '../../wire/messages';

export interface Trend {
  readonly words: string;
  /** None where the latest is no number: what came before it is no news then. */
  readonly direction: 'falling' | 'rising' | 'flat' | null;
  /** The course that is meant; null where a value was not finite. */
  readonly values: readonly (number | null)[];
}

const POINTS = 50;
const FEWEST = 5;
/** Smaller changes than this share are called flat. */
const FLAT = 0.005;
/** ... and those of less than so many times what the values stray from a straight line. */
const NOISE = 3;

/** Of the latest attempt alone: a restart is no rise. Null where there are too few points to tell. */
export function trendOf({ smoothed, attempt }: Pick<Series, 'smoothed' | 'attempt'>): Trend | null {
  const begin = Math.max(attempt.indexOf(attempt.at(-1) ?? 0), smoothed.length - POINTS);
  const values = smoothed.slice(begin);
  const finite = values.filter((value) => value !== null);
  const [first, last] = [finite[0], values.at(-1)];
  if (first === undefined || last === undefined || finite.length < FEWEST) return null;
  if (last === null) return { words: '', direction: null, values };
  const change = last - first;
  const share = first === 0 ? null : change / Math.abs(first);
  const over = `over the last ${values.length} points`;
  const noise = NOISE * strayOf(finite);
  if (change === 0 || Math.abs(change) < noise || (share !== null && Math.abs(share) < FLAT))
    return { words: `flat ${over}`, direction: 'flat', values };
  const direction = change < 0 ? 'falling' : 'rising';
  return { words: `${direction}, ${changeText(change, share)} ${over}`, direction, values };
}

/** How far values lie from the straight line that fits them best: the root of the mean square. */
function strayOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sumOf = (term: (off: number, at: number) => number) =>
    values.reduce((sum, value, place) => sum + term(value - mean, place - middle), 0);
  const [along, across] = [sumOf((off, at) => off * at), sumOf((off) => off * off)];
  const explained = along ** 2 / sumOf((_, at) => at * at);
  return Math.sqrt(Math.max(across - explained, 0) / values.length);
}

function changeText(change: number, share: number | null): string {
  const sign = change < 0 ? '−' : '+';
  // From nearly nothing to something is no percentage that says anything.
  if (share === null || Math.abs(share) > 10) return `${sign}${formatValue(Math.abs(change))}`;
  const percent = Math.abs(share) * 100;
  return `${sign}${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)}%`;
}
