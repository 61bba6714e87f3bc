/** What a metric is called over its chart and over its number, and its last value in words. */

import { formatValue } from '../../base/numbers';
import type { Choice } from '../../model/metric_choice';
import { SPEED, SPEED_UNITS, titleOf } from '../../model/metric_words';
import type { Metric } from '../../wire/messages';

/** As a heading says it; of speed with its unit. */
export function chartTitle(chart: string, choice: Choice): string {
  return titleOf(measureOf(chart, choice), labelOf(choice));
}

/** As it stands over the number of the moment, where speed is its unit. */
export function numberLabel(chart: string, choice: Choice): string {
  const measure = measureOf(chart, choice);
  return SPEED_UNITS[measure] ?? (measure === SPEED ? 'samples/s' : titleOf(measure, labelOf(choice)));
}

/** Speed is whichever measure of it there is. */
function measureOf(chart: string, choice: Choice): string {
  return chart === SPEED && choice.kind === 'logged' ? choice.metric.metric : chart;
}

function labelOf(choice: Choice): string | undefined {
  return choice.kind === 'logged' ? choice.metric.label : undefined;
}

const NON_FINITE = { nan: 'NaN', inf: '∞', '-inf': '−∞' } as const;

export function lastText(metric: Pick<Metric, 'last_value' | 'last_non_finite'>): string {
  if (metric.last_non_finite) return NON_FINITE[metric.last_non_finite];
  return metric.last_value === null ? '–' : formatValue(metric.last_value);
}
