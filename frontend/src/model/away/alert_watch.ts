/** Which news reach the alerts: the open task tells of itself sooner than the list does, as long as it is looked at. */

import type { ReadonlySignal } from '@preact/signals';
import type { Task, TaskSummary } from '../../wire/messages';
import type { OpenTask } from '../task/open_task';
import type { View } from '../view/view';
import { type Alerts, glanceAt } from './alerts';

export class AlertWatch {
  readonly #alerts: Alerts;
  readonly #view: View;
  readonly #open: ReadonlySignal<OpenTask | null>;
  readonly #shown: ReadonlySignal<boolean>;
  readonly #hasFocus: () => boolean;

  constructor(
    alerts: Alerts,
    view: View,
    open: ReadonlySignal<OpenTask | null>,
    shown: ReadonlySignal<boolean>,
    hasFocus: () => boolean,
  ) {
    this.#alerts = alerts;
    this.#view = view;
    this.#open = open;
    this.#shown = shown;
    this.#hasFocus = hasFocus;
  }

  /** Whether the reader wants to be told of one of these, and it may still have something to tell. */
  isNeededFor(tasks: readonly TaskSummary[]): boolean {
    const watched = this.#alerts.watched.value;
    return tasks.some((task) => task.mode === 'live' && watched.includes(task.id));
  }

  /** Not on being shown again: what is known of the task then is older than what the list has said meanwhile. */
  hearOpen(task: Task): void {
    if (!this.#shown.peek()) return;
    this.#alerts.look([glanceAt(task, this.#view.values.peek().muted)], this.#isSeen());
  }

  hearList(tasks: readonly TaskSummary[]): void {
    const open = this.#shown.peek() ? this.#open.peek()?.id : undefined;
    const watched = this.#alerts.watched.peek();
    const others = tasks.filter((task) => task.id !== open && watched.includes(task.id));
    this.#alerts.look(
      others.map((task) => glanceAt(task)),
      this.#isSeen(),
    );
  }

  #isSeen(): boolean {
    return this.#shown.peek() && this.#hasFocus();
  }
}
