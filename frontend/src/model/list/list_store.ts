/** The list of all tasks: asked for, put together, and as the reader searches and sorts it. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Failure } from '../../wire/failure';
import type { TaskList, TaskSummary } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Connection } from '../connection';
import type { Outcome } from '../time/pulse';
import { alarmsAmong, type Found, find, merged, type Sought } from './task_list';
import { BY_NAME, inOrderOf, orderFrom, spellNames } from './task_order';

/** The reader's choices that concern the list. */
type Chosen = ReadonlySignal<Sought & { readonly sort: string }>;

export class ListStore {
  readonly list: Signal<TaskList | null> = signal(null);
  readonly failure: Signal<Failure | null> = signal(null);
  /** The ids of the tasks of which a rule says something. */
  readonly alarms = computed(() => alarmsAmong(this.list.value?.insights ?? {}));
  /** What the overview's search and statuses leave, in its order: the tasks that "next" and "previous" go through. */
  readonly found: ReadonlySignal<Found>;
  readonly #all = computed(() => this.list.value?.tasks ?? []);
  readonly #byName = computed(() => inOrderOf(this.#all.value, BY_NAME));
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
    this.found = this.#search(chosen);
  }

  #search(chosen: Chosen): ReadonlySignal<Found> {
    // Only the values that matter: a slider that moves is no reason to search 20,000 tasks.
    const words = computed(() => chosen.value.find);
    const statuses = computed(() => chosen.value.statuses);
    const alarmed = computed(() => chosen.value.alarmed);
    const sort = computed(() => chosen.value.sort);
    const insights = computed(() => this.list.value?.insights ?? {});
    const ordered = computed(() => {
      const order = orderFrom(sort.value);
      if (order.column !== 'name')
        return inOrderOf(this.#all.value, order, order.column === 'insights' ? insights.value : {});
      return order.isReversed ? [...this.#byName.value].reverse() : this.#byName.value;
    });
    return computed(() => {
      const sought = { find: words.value, statuses: statuses.value, alarmed: alarmed.value };
      return find(ordered.value, sought, this.alarms.value);
    });
  }

  /** Sorts the list by name in the background, so that the click finds it done; until what it returns is called. */
  sortAhead(): () => void {
    return spellNames(this.#all.peek(), () => this.#byName.peek());
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
