/** Durations and moments in words. Moments are seconds since the epoch and shown in the reader's own time zone. */

import { formatCount } from './numbers';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** After so many days nobody asks for the hours. */
const LONG = 100;

/** The two largest units that matter: "42 s", "5 min 10 s", "3 h 05 min", "2 d 4 h". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < 10 * MINUTE && whole % MINUTE !== 0)
    return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`;
  if (whole < HOUR) return `${Math.round(whole / MINUTE)} min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${pad(Math.floor((whole % HOUR) / MINUTE))} min`;
  const days = Math.floor(whole / DAY);
  return days < LONG ? `${days} d ${Math.floor((whole % DAY) / HOUR)} h` : `${formatCount(days)} d`;
}

/** A time between two points, which may be short: "0.25 s", "1.2 s", "42 s". */
export function formatGap(seconds: number): string {
  return seconds < 9.95 ? `${Number(seconds.toPrecision(2))} s` : formatDuration(seconds);
}

/** A range in one unit, "8 to 11 min"; one whose ends read alike is a single number, "about 5 min". */
export function formatDurationRange(low: number, high: number): string {
  if (high < 2 * MINUTE) return rangeIn(low, high, 1, 's');
  if (high < 2 * HOUR) return rangeIn(low, high, MINUTE, 'min');
  const [from, to] = [formatDuration(low), formatDuration(high)];
  return from === to ? `about ${to}` : `${from} to ${to}`;
}

function rangeIn(low: number, high: number, unit: number, name: string): string {
  const [from, to] = [Math.round(low / unit), Math.round(high / unit)];
  return from === to ? `about ${to} ${name}` : `${from} to ${to} ${name}`;
}

export function formatAge(seconds: number): string {
  return seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
}

export function formatClock(moment: number): string {
  const date = new Date(moment * 1000);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** Clock time alone on the day of `now`, with its date on any other. */
export function formatMoment(moment: number, now: number): string {
  const [date, today] = [new Date(moment * 1000), new Date(now * 1000)];
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (date.toDateString() === today.toDateString()) return clock;
  const day = `${MONTHS[date.getMonth()]} ${date.getDate()}`;
  return date.getFullYear() === today.getFullYear()
    ? `${day}, ${clock}`
    : `${day} ${date.getFullYear()}, ${clock}`;
}

export const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export function pad(part: number): string {
  return String(part).padStart(2, '0');
}

/** "2026-11-23 14:02:11" */
export function formatDateTime(moment: number): string {
  const date = new Date(moment * 1000);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${formatClock(moment)}`;
}
