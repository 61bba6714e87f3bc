/** What a metric is called over its chart and over its number, and its last value in words. */

import { formatValue } from '../../base/numbers';
import { formatGap } from '../../base/times';
import type { Choice } from '../../model/metrics/metric_choice';
import { SPEED, SPEED_UNITS, STEPS_PER_SECOND, titleOf } from '../../model/metrics/metric_words';
import type { Metric } from '../../wire/messages';

/** As a heading says it; of speed with its unit. */
export function chartTitle(chart: string, choice: Choice): string {
  return titleOf(measureOf(chart, choice), labelOf(choice));
}

/** As it stands over the number of the moment, where speed is its unit, unless the number brings one. */
export function numberLabel(chart: string, choice: Choice): string {
  if (choice.kind === 'logged' && isSlow(choice.metric)) return titleOf(SPEED);
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

type Last = Pick<Metric, 'metric' | 'last_value' | 'last_non_finite'>;

export function lastText(metric: Last): string {
  if (metric.last_non_finite) return NON_FINITE[metric.last_non_finite];
  if (metric.last_value === null) return '–';
  // Nobody counts by 0.005 steps a second.
  return isSlow(metric) ? `${formatGap(1 / metric.last_value)}/step` : formatValue(metric.last_value);
}

/** Of steps that take more than ten seconds each one says how long. */
function isSlow({ metric, last_value }: Last): boolean {
  return metric === STEPS_PER_SECOND && last_value !== null && last_value > 0 && last_value < 0.1;
}
