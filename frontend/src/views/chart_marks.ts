/** The events of the training on a chart: the rail under its axis, the pins in it, and the sentence about the best evaluation. */

import { formatCount, formatValue } from '../base/numbers';
import type { AxisKind, ChartLine, Pin, RailMark } from '../chart/content';
import { nearest } from '../chart/nearest';
import { extentOf, placeOf } from '../model/axis';
import type { Attempt, Best, Marks } from '../wire/messages';

/** With attempts overlaid, the latest one's: those of all of them on one rail would be nobody's. */
export function railOf(
  marks: Marks | null,
  axis: AxisKind,
  attempts: readonly Attempt[],
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
  return [...(axis === 'step' ? [] : restarts), ...events].filter((mark) => mark !== null);
}

function beginText({ attempt, kind, start_step }: Attempt): string {
  return kind === 'resume'
    ? `attempt ${attempt} resumed at step ${formatCount(start_step)}`
    : `attempt ${attempt} began from scratch`;
}

/** Changes when the rail has to be made anew; the attempts themselves are another object at every tick. */
export function railKey(axis: AxisKind, attempts: readonly Attempt[]): string {
  const begins = attempts.map((one) => [one.attempt, one.kind, extentOf(one, axis)?.min, one.active_start_s]);
  return JSON.stringify([axis, begins]);
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

/** "Best evaluation 1.98 at step 2,250 (attempt 3); nearest checkpoint step 2,400." */
export function bestText({ metric, value, step, attempt, checkpoint }: Best, attempts: number): string {
  const what = metric === 'eval_loss' ? '' : ` of ${metric}`;
  const which = attempts > 1 ? ` (attempt ${attempt})` : '';
  const where = `Best evaluation${what} ${formatValue(value)} at step ${formatCount(step)}${which}`;
  if (checkpoint === null) return `${where}; no checkpoint known.`;
  if (checkpoint.step === step) return `${where}, with a checkpoint at that very step.`;
  return `${where}; nearest checkpoint step ${formatCount(checkpoint.step)}.`;
}
