/** A chart in a sentence, for those who do not see it. */

import { formatCount, formatValue, plural } from '../base/numbers';
import type { ChartSeries } from './chart_data';
import { nonFiniteText } from './readout';

export function chartSummary(name: string, series: ChartSeries): string {
  const last = series.x.length - 1;
  if (last < 0) return `${name}: no points yet.`;
  const attempts = new Set(series.attempt).size;
  const where = `${plural(last + 1, 'point')} in ${plural(attempts, 'attempt')}, up to step ${formatCount(series.step[last] ?? 0)}`;
  return `${name}: ${[where, lowAndHigh(series), nonFiniteText(series)].filter(Boolean).join('; ')}.`;
}

function lowAndHigh(series: ChartSeries): string {
  const finite = series.value.filter((value) => value !== null);
  const last = finite.at(-1);
  if (last === undefined) return 'no finite value';
  const low = finite.reduce((least, value) => Math.min(least, value));
  const high = finite.reduce((most, value) => Math.max(most, value));
  return `last ${formatValue(last)}, lowest ${formatValue(low)}, highest ${formatValue(high)}`;
}
