/**
 * Ticks of the accumulated axis. Positions are accumulated steps, labels are raw steps, and the labels are round within
 * each attempt: trained to 30 and begun anew, the axis reads `10 20 30 | 10 20 30 40`.
 */

import { formatStep } from '../base/numbers';
import type { ChartAttempt, XRange } from './chart_data';
import { countUpTo } from './value_ticks';

export interface Tick {
  readonly x: number;
  readonly label: string;
}

/** At least this many pixels from one tick to the next, so that labels such as "12.5k" stay apart. */
export const TICK_SPACE = 52;
/** At most as wide is a character of a label, and as near comes the next label. */
const [DIGIT, GAP] = [6.5, 6];

export function accumulatedTicks(
  attempts: readonly ChartAttempt[],
  range: XRange,
  width: number,
): readonly Tick[] {
  const perPixel = (range.max - range.min) / Math.max(width, 1);
  const increment = niceIncrement(perPixel * TICK_SPACE);
  const ticks = spansOf(attempts, range).flatMap((span) => ticksWithin(span, range, increment));
  return keepApart(ticks, perPixel);
}

interface Span extends ChartAttempt {
  /** The attempt that is last may still grow beyond what its summary says. */
  readonly until: number;
  readonly isFirst: boolean;
}

function spansOf(attempts: readonly ChartAttempt[], range: XRange): readonly Span[] {
  if (attempts.length === 0) return [{ ...IDENTITY, until: range.max, isFirst: true }];
  return attempts.map((one, index) => {
    const next = attempts[index + 1];
    return { ...one, until: next?.x_start ?? Math.max(one.x_end, range.max), isFirst: index === 0 };
  });
}

/** Without attempts, the accumulated step is the step. */
const IDENTITY: ChartAttempt = { attempt: 1, start_step: 0, x_start: 0, x_end: 0 };

function ticksWithin(span: Span, range: XRange, increment: number): readonly Tick[] {
  const shift = span.x_start - span.start_step;
  const from = Math.max(span.x_start, range.min) - shift;
  const to = Math.min(span.until, range.max) - shift;
  const ticks: Tick[] = [];
  const first = Math.ceil(from / increment) * increment;
  for (let at = 0; at < countUpTo(first, to, increment); at += 1) {
    const step = first + at * increment;
    // Where attempts meet, the step that the earlier one reached stands, not the one that the later one began from.
    if (span.isFirst || step > span.start_step) ticks.push({ x: step + shift, label: formatStep(step) });
  }
  return ticks.length > 0 ? ticks : lastStepOf(span, range, shift);
}

/** An attempt too short for a round step still says how far it came. */
function lastStepOf(span: Span, range: XRange, shift: number): readonly Tick[] {
  const inSight = span.x_end > range.min && span.x_end <= range.max && span.x_end > span.x_start;
  return inSight ? [{ x: span.x_end, label: formatStep(span.x_end - shift) }] : [];
}

/** The next of 1, 2, 5, 10, 20, 50, ... that is not smaller; a step is whole, so 1 is the least. */
export function niceIncrement(atLeast: number): number {
  if (!(atLeast > 1)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5, 10].find((one) => one * magnitude >= atLeast) ?? 10;
  return factor * magnitude;
}

/** Of ticks that would touch, the earlier one stays. */
function keepApart(ticks: readonly Tick[], perPixel: number): readonly Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before === undefined || tick.x - before.x >= perPixel * spaceOf(before, tick)) kept.push(tick);
  }
  return kept;
}

/** A label of many digits takes more than the usual. */
function spaceOf({ label: one }: Tick, { label: other }: Tick): number {
  return Math.max(TICK_SPACE * 0.7, ((one.length + other.length) / 2) * DIGIT + GAP);
}
