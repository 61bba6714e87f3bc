/** Ticks of the axes that count time: seconds of training, and the time on the reader's own clock. */

import { formatClock, MONTHS, pad } from '../base/times';
import type { XRange } from './chart_data';
import { niceIncrement, type Tick } from './ticks';
import { multiples, roundIncrement } from './value_ticks';

const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
const INCREMENTS = [1, 2, 5, 10, 15, 30].flatMap((one) => [one, one * MINUTE]);
const ROUND = [...INCREMENTS, ...[1, 2, 3, 6, 12].map((one) => one * HOUR)].sort((a, b) => a - b);

/** Labels such as "1:05:10" and "Nov 23" stay apart. */
const TICK_SPACE = 64;

/** Seconds, at least: of a minute, an hour or a day an even part, below and beyond these round numbers of them. */
export function timeIncrement(atLeast: number): number {
  if (atLeast <= 0.5) return roundIncrement(atLeast);
  return ROUND.find((one) => one >= atLeast) ?? DAY * niceIncrement(atLeast / DAY);
}

/** `width` of the axis in pixels of the page; x is in seconds. */
export function durationTicks({ min, max }: XRange, width: number): readonly Tick[] {
  const increment = timeIncrement(((max - min) / Math.max(width, 1)) * TICK_SPACE);
  return multiples({ min, max }, increment).map((x) => ({ x, label: durationLabel(x, increment) }));
}

/** "30 s", "5 min", "2 h", "3 d"; between them by the clock: "1:30 h" and, by seconds, "1:05:10". */
function durationLabel(seconds: number, increment: number): string {
  if (seconds === 0) return '0';
  if (increment < 1 || Math.abs(seconds) < MINUTE) return `${seconds} s`;
  if (increment >= DAY) return `${seconds / DAY} d`;
  if (increment >= HOUR) return `${seconds / HOUR} h`;
  const [hours, minutes] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE)];
  if (increment >= MINUTE) return hours === 0 ? `${minutes} min` : `${hours}:${pad(minutes)} h`;
  return `${hours === 0 ? '' : `${hours}:`}${hours === 0 ? minutes : pad(minutes)}:${pad(seconds % MINUTE)}`;
}

/** x is in seconds since the epoch. Ticks are round on the reader's clock, also on days that have 23 or 25 hours. */
export function clockTicks({ min, max }: XRange, width: number): readonly Tick[] {
  const increment = Math.max(1, timeIncrement(((max - min) / Math.max(width, 1)) * TICK_SPACE));
  const ticks: Tick[] = [];
  const before = Math.max(0, min - onClock(min, 0) - HOUR);
  for (let count = Math.floor(before / increment); ; count += 1) {
    const x = onClock(min, count * increment);
    // Nor is there one, where no calendar reaches.
    if (!(x <= max)) return withDate(ticks, increment);
    // An hour that the clock leaps over gives the same moment twice.
    if (x >= min && x !== ticks.at(-1)?.x) ticks.push({ x, label: clockLabel(x, increment) });
  }
}

/** So many seconds, as clocks here count them, after the begin of the day of `moment`. */
function onClock(moment: number, seconds: number): number {
  const date = new Date(moment * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate(), 0, 0, seconds).getTime() / 1000;
}

function clockLabel(moment: number, increment: number): string {
  if (onClock(moment, 0) === moment) return dayLabel(moment);
  const clock = formatClock(moment);
  return increment >= MINUTE ? clock.slice(0, 5) : clock;
}

function dayLabel(moment: number): string {
  const date = new Date(moment * 1000);
  return `${MONTHS[date.getMonth()]} ${date.getDate()}`;
}

/** The clock alone would not say of which day: the first tick does, unless a midnight among the others does. */
function withDate(ticks: readonly Tick[], increment: number): readonly Tick[] {
  const [first, ...rest] = ticks;
  if (first === undefined || increment >= DAY || ticks.some(({ x }) => onClock(x, 0) === x)) return ticks;
  return [{ x: first.x, label: `${dayLabel(first.x)}, ${first.label}` }, ...rest];
}
