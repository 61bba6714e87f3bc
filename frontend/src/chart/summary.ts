/** A chart in a sentence, for those who do not see it. */

import { formatCount, formatValue, plural } from '../base/numbers';
import type { ChartSeries } from './chart_data';
import { nonFiniteText } from './readout';

export function chartSummary(name: string, series: ChartSeries): string {
  const last = series.x.length - 1;
  if (last < 0) return `${name}: no points yet.`;
  const attempts = countOf(series.attempt);
  const where = `${plural(last + 1, 'point')} in ${plural(attempts, 'attempt')}, up to step ${formatCount(series.step[last] ?? 0)}`;
  return `${name}: ${[where, lowAndHigh(series), nonFiniteText(series)].filter(Boolean).join('; ')}.`;
}

function lowAndHigh(series: ChartSeries): string {
  let [low, high, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  // Thousands of values, every second, for each chart: by their places, or each would be put into a box.
  for (let i = 0; i < series.value.length; i += 1) {
    const value = series.value[i] as number | null;
    if (value === null) continue;
    last = value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (Number.isNaN(last)) return 'no finite value';
  return `last ${formatValue(last)}, lowest ${formatValue(low)}, highest ${formatValue(high)}`;
}

/** Points of an attempt lie side by side, but for writers whose clocks contradict one another. */
function countOf(attempts: readonly number[]): number {
  const found = new Set<number>();
  for (let i = 0; i < attempts.length; i += 1)
    if (i === 0 || attempts[i] !== attempts[i - 1]) found.add(attempts[i] as number);
  return found.size;
}
