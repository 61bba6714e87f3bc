/** The open task as words tell it. It tells of itself several times a second, and nobody reads that fast. */

import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Task } from '../../wire/messages';
import type { OpenTask } from './open_task';

/**
 * The task as it was at the last beat of the clock; at once where it is more than grown. All that is made anew of it is
 * so in one frame with what counts seconds.
 */
export function toldTask(
  open: ReadonlySignal<OpenTask | null>,
  now: ReadonlySignal<number>,
): ReadonlySignal<Task | null> {
  const told = signal<Task | null>(null);
  let second = now.peek();
  effect(() => {
    const task = open.value?.task.value ?? null;
    const isBeat = second !== now.value;
    second = now.peek();
    if (isBeat || !isGrown(told.peek(), task)) told.value = task;
  });
  return told;
}

/** Whether it only has further points. */
function isGrown(before: Task | null, task: Task | null): boolean {
  return before === task || (before !== null && task !== null && shapeOf(before) === shapeOf(task));
}

function shapeOf(task: Task): string {
  const { id, name, kind, status, mode, attempts, metrics, insights, offered, problems } = task;
  const counts = [attempts, metrics, offered, problems].map((list) => list.length);
  const found = insights.map((one) => `${one.id} ${one.open}`);
  return JSON.stringify([id, name, kind, status, mode, task.total_steps, task.total_source, counts, found]);
}
