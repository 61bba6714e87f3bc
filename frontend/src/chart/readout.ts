/** What the crosshair says of one point. */

import { formatValue } from '../base/numbers';
import type { ChartSeries } from './chart_data';

export interface Readout {
  readonly step: number;
  readonly attempt: number;
  readonly raw: string;
  readonly smoothed: string;
  readonly wallTime: number | null;
}

export const WORDS = { nan: 'NaN', inf: '∞', '-inf': '−∞' } as const;

export function readoutAt(series: ChartSeries, index: number): Readout | null {
  const step = series.step[index];
  if (step === undefined) return null;
  const mark = series.non_finite.find(([at]) => at === index)?.[1];
  const raw = series.value[index] ?? null;
  const smoothed = series.smoothed[index] ?? null;
  return {
    step,
    attempt: series.attempt[index] ?? 1,
    raw: mark ? WORDS[mark] : raw === null ? '–' : formatValue(raw),
    smoothed: smoothed === null ? '–' : formatValue(smoothed),
    // 0 stands for a point of which nobody wrote down the time.
    wallTime: series.wall_time[index] || null,
  };
}

/** "3 NaN, 1 ∞", or nothing. */
export function nonFiniteText(series: Pick<ChartSeries, 'non_finite'>): string {
  const counts = new Map<string, number>();
  for (const [, what] of series.non_finite) counts.set(WORDS[what], (counts.get(WORDS[what]) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
