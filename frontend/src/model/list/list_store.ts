/** The list of all tasks: asked for, put together, and as the reader searches and sorts it. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Failure } from '../../wire/failure';
import type { TaskList, TaskSummary } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Connection } from '../connection';
import type { Outcome } from '../time/pulse';
import { type Found, find, merged, type Sought } from './task_list';
import { inOrderOf, orderFrom } from './task_order';

/** The reader's choices that concern the list. */
type Chosen = ReadonlySignal<Sought & { readonly sort: string }>;

export class ListStore {
  readonly list: Signal<TaskList | null> = signal(null);
  readonly failure: Signal<Failure | null> = signal(null);
  /** What the overview's search and statuses leave, in its order: the tasks that "next" and "previous" go through. */
  readonly found: ReadonlySignal<Found>;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #clock: ReadonlySignal<number>;
  readonly #asking = new Newest();
  readonly #heardAt = new WeakMap<TaskSummary, number>();

  /** `clock` is in seconds since the epoch. */
  constructor(client: Client, connection: Connection, chosen: Chosen, clock: ReadonlySignal<number>) {
    this.#client = client;
    this.#connection = connection;
    this.#clock = clock;
    const all = computed(() => this.list.value?.tasks ?? []);
    this.found = this.#search(chosen, all);
  }

  #search(chosen: Chosen, all: ReadonlySignal<readonly TaskSummary[]>): ReadonlySignal<Found> {
    // Only the values that matter: a slider that moves is no reason to search 20,000 tasks.
    const text = computed(() => chosen.value.find);
    const statuses = computed(() => chosen.value.statuses);
    const alarmed = computed(() => chosen.value.alarmed);
    const sort = computed(() => chosen.value.sort);
    const insights = computed(() => this.list.value?.insights ?? {});
    const ordered = computed(() => {
      const order = orderFrom(sort.value);
      return inOrderOf(all.value, order, order.column === 'insights' ? insights.value : {});
    });
    return computed(() =>
      find(ordered.value, text.value, statuses.value, alarmed.value ? insights.value : null),
    );
  }

  /** When the server said this of a task: what it said is left goes down from then on. */
  heardAt(task: TaskSummary): number {
    return this.#heardAt.get(task) ?? this.#clock.peek();
  }

  /** Asks for what is new; `hear` is given the tasks that the server has judged since. */
  async ask(hear: (tasks: readonly TaskSummary[]) => void): Promise<Outcome> {
    const since = this.list.peek()?.revision ?? '';
    const answer = await this.#asking.ask((signal) => this.#client.tasks(since, signal));
    if (answer === null) return 'well';
    this.#connection.heard(answer);
    this.failure.value = answer.ok ? null : answer.failure;
    if (!answer.ok) return 'badly';
    const now = this.#clock.peek();
    for (const task of answer.value.tasks) this.#heardAt.set(task, now);
    this.list.value = merged(this.list.peek(), answer.value);
    hear(answer.value.tasks);
    return answer.value.progress === null ? 'well' : 'soon';
  }
}

/** With exactly one task in the log directory the overview would be a detour. */
export function onlyTask(list: TaskList | null): string | null {
  const isOne = list !== null && list.progress === null && list.tasks.length === 1;
  return isOne ? (list.tasks[0]?.id ?? null) : null;
}
