/** What of a task is worth calling somebody for: that it ended, failed, that its loss is no number any more, or that a rule found something. */

import { type Signal, signal } from '@preact/signals';
import type { Shelf } from '../../base/shelf';
import type { Mode, Status, Task, TaskSummary } from '../../wire/messages';
import { choose } from '../metrics/metric_choice';
import { alarms, toldInsights } from '../task/insights';

/** A task at a glance, from the list or from its own answer. */
export interface Glance {
  readonly id: string;
  readonly name: string;
  readonly mode: Mode;
  readonly status: Status;
  readonly reason: string;
  readonly isFinite: boolean;
  /** Open insights that call for somebody: their titles by their ids. Null in the list, which does not know. */
  readonly alarms: Readonly<Record<string, string>> | null;
}

export interface Alert {
  readonly id: string;
  /** Stands before the page's title. */
  readonly mark: '✓' | '✗' | '■' | 'NaN' | '!';
  readonly title: string;
  readonly text: string;
}

export function glanceAt(task: TaskSummary | Task, muted: readonly string[] = []): Glance {
  const { id, name, mode, status, status_reason: reason } = task;
  return { id, name, mode, status, reason, isFinite: !hasBrokenLoss(task), alarms: alarmsOf(task, muted) };
}

function alarmsOf(task: TaskSummary | Task, muted: readonly string[]): Glance['alarms'] {
  if (!('metrics' in task)) return null;
  const found = alarms(toldInsights(task, muted));
  return Object.fromEntries(found.map(({ id, title }) => [id, title]));
}

function hasBrokenLoss(task: TaskSummary | Task): boolean {
  if ('loss' in task) return typeof task.loss === 'string';
  const loss = choose(task, 'loss');
  return loss.kind === 'logged' && loss.metric.last_non_finite !== undefined;
}

const ENDS: Partial<Record<Status, readonly [Alert['mark'], string]>> = {
  completed: ['✓', 'is finished'],
  failed: ['✗', 'has failed'],
  stopped: ['■', 'has stopped'],
};

/** Nothing where nothing happened that calls for anybody. The end of a task says more than its loss. */
export function alertBetween(before: Glance, now: Glance): Alert | null {
  const { id, name } = now;
  const end = ENDS[now.status];
  if (before.mode === 'live' && end)
    return { id, mark: end[0], title: `${name} ${end[1]}`, text: now.reason };
  if (before.isFinite && !now.isFinite && now.mode === 'live') {
    const text = 'Its latest loss is NaN or infinite.';
    return { id, mark: 'NaN', title: `The loss of ${name} is no number any more`, text };
  }
  const text = newAlarms(before, now).join('; ');
  return text && now.mode === 'live' ? { id, mark: '!', title: `Look at ${name}`, text } : null;
}

function newAlarms(before: Glance, now: Glance): readonly string[] {
  const known = before.alarms;
  if (known === null) return [];
  return Object.entries(now.alarms ?? {}).flatMap(([id, title]) => (id in known ? [] : [title]));
}

const KEY = 'trainmon.alerts';
const MOST_WATCHED = 100;

export class Alerts {
  /** The alert that nobody has seen yet. */
  readonly unseen: Signal<Alert | null> = signal(null);
  /** The tasks that the browser is to tell of. */
  readonly watched: Signal<readonly string[]>;
  readonly #shelf: Shelf | null;
  readonly #tell: (alert: Alert) => void;
  readonly #last = new Map<string, Glance>();

  /** `tell` shows an alert outside the page. */
  constructor(shelf: Shelf | null, tell: (alert: Alert) => void) {
    this.#shelf = shelf;
    this.#tell = tell;
    this.watched = signal(readShelf(shelf));
  }

  isWatched(id: string): boolean {
    return this.watched.value.includes(id);
  }

  watch(id: string, on: boolean): void {
    const others = this.watched.peek().filter((other) => other !== id);
    this.watched.value = on ? [...others, id].slice(-MOST_WATCHED) : others;
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(this.watched.peek()));
    } catch {
      // a browser that keeps nothing: the wish lasts as long as the page
    }
  }

  /** Takes note of how tasks stand; calls for the reader if one has come to something since the last time. */
  look(glances: readonly Glance[], isSeen: boolean): void {
    for (const now of glances) {
      const before = this.#last.get(now.id);
      this.#last.set(now.id, { ...now, alarms: now.alarms ?? before?.alarms ?? null });
      const alert = before ? alertBetween(before, now) : null;
      if (alert === null) continue;
      if (!isSeen) this.unseen.value = alert;
      if (this.isWatched(now.id)) this.#tell(alert);
    }
  }

  seen(): void {
    this.unseen.value = null;
  }
}

function readShelf(shelf: Shelf | null): readonly string[] {
  try {
    const kept: unknown = JSON.parse(shelf?.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
