/** How a task stands, in sentences that stay true between two words of the server. */

import { formatAge, formatDuration, formatDurationRange, formatGap, formatMoment } from '../../base/times';
import { byReader, lastSign } from '../../model/time/reader_clock';
import type { Eta, Task } from '../../wire/messages';

type Aged = Pick<
  Task,
  'status' | 'status_reason' | 'last_event_at' | 'usual_gap_s' | 'clock_off_s' | 'attempts'
>;

/** The server's evidence; ages in it grow here, by the second. */
export function reasonText(task: Aged, now: number): string {
  const { status, status_reason: reason, last_event_at: at, usual_gap_s: gap } = task;
  if (at === null) return reason;
  if (status === 'running') {
    const said = gap === null || reason.includes('usually every');
    const usual = said ? '' : `, usual gap ${formatGap(gap)}`;
    return `Last ${lastSign(task)} ${formatAge(now - byReader(task, at))}${usual}. ${reason}`;
  }
  // Not where the server went by another clock than the points', and says so in brackets.
  return reason.replace(
    /\bNo event for (?:\d,\d|[\w ])*\w(?![\w (])/,
    `No event for ${formatDuration(now - at)}`,
  );
}

/** What comes next, and what a crash now would cost: `heardAt` is when the server said so. */
export function aheadText(task: Task, heardAt: number, now: number): string {
  const next = (what: string, at: number | null | undefined) =>
    at ? `Next ${what} ${at - now < 1 ? 'now' : `in ${formatDuration(at - now)}`}. ` : '';
  const risk = task.at_risk_s;
  return (
    next('evaluation', task.next_evaluation_at) +
    next('checkpoint', task.next_checkpoint_at) +
    (risk == null ? '' : `A crash now would cost ${formatDuration(risk + now - heardAt)}.`)
  ).trimEnd();
}

/** What is left, and when it is over: `heardAt` is when the server said so. */
export function finishText(eta: Eta, heardAt: number, now: number): readonly [string, string] {
  const [low, high] = [heardAt + eta.low_s, heardAt + eta.high_s];
  if (high <= now) return ['any moment', 'it takes longer than expected'];
  const [from, to] = [formatMoment(low, now), formatMoment(high, now)];
  if (low <= now) return [`up to ${formatDuration(high - now)} left`, `done by ${to}`];
  const left = `${formatDurationRange(low - now, high - now)} left`;
  if (from === to) return [left, `done at about ${to}`];
  return [left, `done between ${from} and ${withoutDayOf(from, to)}`];
}

/** "Nov 24, 02:10" and "Nov 24, 05:30": the day once. */
function withoutDayOf(from: string, to: string): string {
  const [day, clock] = to.split(', ');
  return clock !== undefined && from.startsWith(`${day},`) ? clock : to;
}

export function whyNoEta(task: Pick<Task, 'status' | 'total_steps'>): string {
  if (task.status === 'pending') return 'No finishing time before the first steps are logged.';
  if (task.status !== 'running') return '';
  if (task.total_steps === null) return 'No finishing time while the total is unknown.';
  return 'No finishing time yet: it takes a few more logged steps.';
}
