/** The events of the training on a chart: the rail under its axis, the pins in it, and the sentence about the best evaluation. */

import { formatCount, formatValue } from '../../base/numbers';
import { named } from '../../base/visible';
import type { XRange } from '../../chart/chart_data';
import type { AxisKind, ChartLine, Pin, RailMark } from '../../chart/content';
import { nearest } from '../../chart/nearest';
import { extentOf, type Moment, placeOf, placesOf, spanOf } from '../../model/axis';
import type { Attempt, Best, Insight, Marks, Series } from '../../wire/messages';

/** With attempts overlaid, the latest one's: those of all of them on one rail would be nobody's. */
export function railOf(
  marks: Marks | null,
  axis: AxisKind,
  attempts: readonly Attempt[],
  insights: readonly Insight[] = [],
): readonly RailMark[] {
  const latest = attempts.at(-1)?.attempt;
  const isTold = (attempt: number) => axis !== 'step' || attempt === latest;
  const restarts = attempts.slice(1).map((one): RailMark | null => {
    const x = extentOf(one, axis)?.min;
    return x === undefined ? null : { type: 'restart', x, text: beginText(one) };
  });
  const events = (marks?.marks ?? []).map((mark): RailMark | null => {
    const x = isTold(mark.attempt) ? placeOf(mark, axis, attempts) : null;
    return x === null ? null : { type: mark.type, x, text: mark.text };
  });
  const found = insights.map((insight): RailMark | null => {
    const x = isTold(insight.attempt) ? placeOf(beginOf(insight), axis, attempts) : null;
    return x === null ? null : { type: 'insight', x, text: insight.title };
  });
  return [...(axis === 'step' ? [] : restarts), ...events, ...found].filter((mark) => mark !== null);
}

function beginOf({ x_start, step_start, attempt, since }: Insight): Moment {
  return { x: x_start, step: step_start, attempt, wall_time: since };
}

/** The stretch that an insight speaks of, by the points of a series that lie in it; one that still holds has no end yet. */
export function shadeOf(
  insight: Insight,
  axis: AxisKind,
  attempts: readonly Attempt[],
  series: Series,
): XRange | null {
  const { x_start, x_end, attempt, open } = insight;
  const places = placesOf(series, axis, attempts).filter((_, at) => {
    const x = series.x[at] ?? Number.NaN;
    return series.attempt[at] === attempt && x >= x_start && x <= x_end;
  });
  const span = axis === 'accumulated' ? { min: x_start, max: x_end } : spanOf(places);
  if (span === null) return null;
  return open && attempt === attempts.at(-1)?.attempt
    ? { min: span.min, max: Number.POSITIVE_INFINITY }
    : span;
}

function beginText({ attempt, kind, start_step }: Attempt): string {
  return kind === 'resume'
    ? `attempt ${attempt} resumed at step ${formatCount(start_step)}`
    : `attempt ${attempt} began from scratch`;
}

/** Changes when the rail has to be made anew; the attempts themselves are another object at every tick. */
export function railKey(
  axis: AxisKind,
  attempts: readonly Attempt[],
  insights: readonly Insight[] = [],
): string {
  const begins = attempts.map((one) => [one.attempt, one.kind, extentOf(one, axis)?.min, one.active_start_s]);
  return JSON.stringify([axis, begins, insights.map((one) => [one.id, one.x_start])]);
}

/** The best evaluation and the checkpoint next to it, on the line of evaluations. */
export function pinsOf(
  best: Best | null,
  line: ChartLine | undefined,
  axis: AxisKind,
  attempts: readonly Attempt[],
): readonly Pin[] {
  const x = best === null ? null : placeOf(best, axis, attempts);
  if (best === null || line === undefined || x === null) return [];
  const text = `best ${formatValue(best.value)}`;
  const at = best.checkpoint === null ? null : placeOf(best.checkpoint, axis, attempts);
  if (at === null) return [{ x, y: best.value, text }];
  // It was saved a moment after, which on an axis of time is another place.
  if (best.checkpoint?.step === best.step) return [{ x, y: best.value, text: `${text}, checkpoint` }];
  const height = line.series.value[nearest(line, at) ?? -1] ?? best.value;
  return [
    { x, y: best.value, text },
    { x: at, y: height, text: 'checkpoint' },
  ];
}

/** "Best evaluation loss 1.98 at step 2,250 (attempt 3); nearest checkpoint step 2,400." */
export function bestText(
  { metric, value, step, attempt, checkpoint }: Best,
  attempts: number,
  label?: string,
): string {
  const what = metric === 'eval_loss' ? 'evaluation loss' : (label ?? named(metric));
  const which = attempts > 1 ? ` (attempt ${attempt})` : '';
  const where = `Best ${what} ${formatValue(value)} at step ${formatCount(step)}${which}`;
  if (checkpoint === null) return `${where}; no checkpoint known.`;
  if (checkpoint.step === step) return `${where}, with a checkpoint at that very step.`;
  return `${where}; nearest checkpoint step ${formatCount(checkpoint.step)}.`;
}
