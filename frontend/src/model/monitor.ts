/** The one home of server state in the browser, and the beats that keep it fresh while somebody looks. */

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { debounce } from '../base/debounce';
import type { Client } from '../wire/client';
import type { Answer, Failure } from '../wire/failure';
import type { Feed } from '../wire/feed';
import type { Axis, Insight, Task, TaskList, TaskSummary } from '../wire/messages';
import { Newest } from '../wire/newest';
import { Absence } from './absence';
import { Alerts, glanceAt } from './alerts';
import { placeOf, type Range, translated } from './axis';
import { Connection, isAbsent } from './connection';
import { DetailStore, detailOf, type Stretch } from './detail_store';
import { GuideStore } from './guide';
import { stretchAround, unfoldedFor } from './insights';
import { type Standing, standingOf } from './meanwhile';
import { OpenTask } from './open_task';
import { Pointed } from './pointed';
import { type Outcome, Pulse } from './pulse';
import { SparklineStore } from './sparklines';
import { type Folders, foldersOf } from './task_groups';
import { type Found, find, merged } from './task_list';
import { inOrderOf, orderFrom } from './task_order';
import type { View } from './view';
import { wantedMetrics } from './wanted';

const TASKS_EVERY_MS = 5000;
/** While nobody looks, and only for tasks that the reader wants to be told of. */
const WATCH_EVERY_MS = 30_000;
const CLOCK_EVERY_MS = 1000;
const DETAIL_EVERY_S = 5;
/** After the server was away. */
const ALL_EVERY_S = 5;
/** Long enough for a slider's drag to settle, short enough to feel immediate. */
const SETTLE_MS = 150;

export class Monitor {
  readonly view: View;
  readonly connection: Connection;
  readonly list: Signal<TaskList | null> = signal(null);
  readonly listFailure: Signal<Failure | null> = signal(null);
  readonly open: Signal<OpenTask | null> = signal(null);
  readonly detail: DetailStore;
  readonly absence: Absence;
  readonly alerts: Alerts;
  readonly guide: GuideStore;
  readonly sparklines: SparklineStore;
  /** The rows of the overview that can be seen. */
  readonly inSight: Signal<readonly TaskSummary[]> = signal([]);
  /** How far down the overview the reader was, in pixels: to come back to. */
  overviewTop = 0;
  /** What the overview's search and statuses leave, in its order: the tasks that "next" and "previous" go through. */
  readonly found: ReadonlySignal<Found>;
  /** Which tasks belong together by their folders. */
  readonly folders: ReadonlySignal<Folders>;
  readonly pointed = new Pointed();
  /** Seconds since the epoch, ticking once a second while the tab is shown. */
  readonly now: Signal<number>;
  readonly #client: Client;
  readonly #feed: Feed;
  readonly #shown = signal(false);
  readonly #asking = new Newest();
  readonly #tasksPulse = new Pulse(TASKS_EVERY_MS, () => this.#askTasks());
  readonly #watchPulse = new Pulse(WATCH_EVERY_MS, () => this.#askTasks());
  readonly #clockPulse: Pulse;
  readonly #heardAt = new WeakMap<TaskSummary, number>();
  #isAbsent = false;
  #askedAllAt = Number.NEGATIVE_INFINITY;
  /** What the list said of the open task when its deltas were last asked for. */
  #seen = '';

  constructor(
    client: Client,
    feed: Feed,
    view: View,
    clock: () => number,
    alerts = new Alerts(null, () => {}),
  ) {
    this.#client = client;
    this.#feed = feed;
    this.view = view;
    this.connection = new Connection(clock);
    this.now = signal(clock());
    this.#clockPulse = new Pulse(CLOCK_EVERY_MS, async () => {
      this.now.value = clock();
      return 'well';
    });
    this.detail = new DetailStore(client, this.connection);
    this.guide = new GuideStore(client, this.connection);
    this.absence = new Absence(() => this.#standing(clock()));
    this.alerts = alerts;
    this.sparklines = new SparklineStore(client, clock);
    // Only the two values that matter: a slider that moves is no reason to search 20,000 tasks.
    const text = computed(() => view.values.value.find);
    const statuses = computed(() => view.values.value.statuses);
    const alarmed = computed(() => view.values.value.alarmed);
    const sort = computed(() => view.values.value.sort);
    const all = computed(() => this.list.value?.tasks ?? []);
    const insights = computed(() => this.list.value?.insights ?? {});
    const ordered = computed(() => {
      const order = orderFrom(sort.value);
      return inOrderOf(all.value, order, order.column === 'insights' ? insights.value : {});
    });
    this.found = computed(() =>
      find(ordered.value, text.value, statuses.value, alarmed.value ? insights.value : null),
    );
    let folders = foldersOf([]);
    this.folders = computed(() => {
      if (!folders.isOf(all.value)) folders = foldersOf(all.value);
      return folders;
    });
    this.#wire();
  }

  /** Whether the reader is at this page, and not only has it in sight. */
  hasFocus: () => boolean = () => true;

  show(shown: boolean): void {
    this.absence.show(shown);
    this.#shown.value = shown;
  }

  /** When the server said this of a task: what it said is left goes down from then on. */
  heardAt(task: TaskSummary): number {
    return this.#heardAt.get(task) ?? this.now.peek();
  }

  /** Where the points of a task are to be had as a file. */
  exported(task: string, format: string): Promise<Answer<string>> {
    return this.#client.exported(task, format);
  }

  /** Another axis for all charts; a zoom goes over to it where it can. */
  setAxis(axis: Axis): void {
    const { range, axis: from } = this.view.values.peek();
    this.view.set({ axis, range: range === null ? null : this.#translate(range, from, axis) });
  }

  /** Opens the proof of an insight, and zooms all charts to what it speaks of; null closes it and gives the zoom back. */
  showInsight(insight: Insight | null): void {
    const task = this.open.peek()?.task.peek();
    if (insight === null || task == null) {
      this.view.set({ insight: null, range: null });
      return;
    }
    const { axis, history, ...view } = this.view.values.peek();
    const around = stretchAround(insight, task.attempts);
    const range = axis === 'accumulated' ? around : this.#translate(around, 'accumulated', axis);
    const isCropped = this.open.peek()?.series.begins(insight.x_start) === false;
    this.view.set({
      insight: insight.id,
      range,
      history: isCropped ? 'all' : history,
      open: unfoldedFor(insight.metric, task, view),
    });
  }

  /** Asks now instead of at the next beat. */
  retry(): void {
    this.#tasksPulse.hurry();
    void this.open.peek()?.load();
  }

  #wire(): void {
    const id = computed(
      () => this.view.values.value.task ?? this.open.value?.id ?? onlyTask(this.list.value),
    );
    effect(() => this.#openTask(id.value));
    this.#followView();
    effect(() => this.#beat());
    effect(() => this.sparklines.show(this.#shown.value ? this.inSight.value : []));
    effect(() => this.#noticeOpen());
    effect(() => this.#noticeReturn());
  }

  /** A server that is back may be another one: everything is asked again, but not at every turn of a proxy's moods. */
  #noticeReturn(): void {
    const trouble = this.connection.trouble.value;
    if (trouble !== null) this.#isAbsent ||= isAbsent(trouble.failure);
    else if (this.#isAbsent) {
      this.#isAbsent = false;
      const now = this.now.peek();
      if (now - this.#askedAllAt < ALL_EVERY_S) return;
      this.#askedAllAt = now;
      untracked(() => void this.open.peek()?.load());
    }
  }

  /** Nobody's, for the overview: then nothing of a task is asked or followed. */
  #openTask(id: string | null): void {
    untracked(() => {
      if (this.open.value?.id === id) return;
      this.open.value?.close();
      this.pointed.clear();
      if (!id) {
        this.open.value = null;
        return;
      }
      const { ema, ma, history, total, types, logSearch, folded, pinned } = this.view.values.value;
      const task = new OpenTask(id, this.#client, this.#feed, this.connection, {
        look: { ema, ma, view: history },
        total,
        isUsual: folded.length + pinned.length === 0,
        filter: { types, search: logSearch },
      });
      this.#seen = '';
      this.open.value = task;
      void task.load();
    });
  }

  /** Each choice of the reader's asks for what it concerns, and for nothing else. */
  #followView(): void {
    const values = this.view.values;
    const settle = debounce<() => void>(SETTLE_MS, (action) => action());
    onChange(
      () => lookOf(values.value),
      (look) => settle(() => void this.open.peek()?.look(look)),
    );
    onChange(
      () => values.value.axis,
      () => this.pointed.clear(),
    );
    onChange(
      () => values.value.total,
      (total) => void this.open.peek()?.setTotal(total),
    );
    onChange(
      () => ({ types: values.value.types, search: values.value.logSearch }),
      (filter) => void this.open.peek()?.logs.load(filter),
    );
    onChange(
      () => this.#wanted(),
      (metrics) => void this.open.peek()?.want(metrics),
    );
    onChange(
      () => ({ stretch: this.#stretch(), beat: this.#beatInSight() }),
      ({ stretch }) => void this.detail.ask(stretch),
    );
  }

  /** By the points of the first chart that has some. */
  #translate(range: Range, from: Axis, to: Axis): Range | null {
    const open = this.open.peek();
    const task = open?.task.peek();
    for (const metric of open?.series.ready ?? []) {
      const state = open?.series.chart(metric).peek();
      if (open == null || task == null || state?.kind !== 'ready') continue;
      const series = detailOf(this.detail.detail.peek(), open.id, from, range, metric) ?? state.series;
      const found = translated(range, from, to, series, task.attempts);
      if (found !== null) return found;
    }
    return null;
  }

  #standing(at: number): Standing | null {
    const open = this.open.peek();
    const task = open?.task.peek();
    return open && task ? standingOf(task, open.logs.log.peek()?.counts.eval ?? 0, at) : null;
  }

  #wanted(): readonly string[] {
    const task = this.open.value?.task.value;
    return task ? wantedMetrics(task, this.view.values.value) : [];
  }

  /** Only a thinned history has points left to ask for in a zoomed range; the latest points are all there already. */
  #stretch(): Stretch | null {
    const { history, range, axis, ...values } = this.view.values.value;
    const open = this.open.value;
    if (open === null || range === null || history !== 'all') return null;
    const metrics = this.#wanted().filter((metric) => {
      const state = open.series.chart(metric).value;
      return state.kind === 'ready' && state.series.cropped_points > 0;
    });
    if (metrics.length === 0) return null;
    return { task: open.id, axis, range, look: lookOf({ ...values, history }), metrics };
  }

  /** Changes every few seconds while the training goes on within the zoomed range, whose points are then asked for anew. */
  #beatInSight(): number {
    const { range, axis, history } = this.view.values.value;
    const open = this.open.value;
    const task = open?.task.value;
    if (open === null || task?.mode !== 'live' || range === null || history !== 'all') return 0;
    const last = open.series.lastMoment();
    const place = last === null ? null : placeOf(last, axis, task.attempts);
    const isInSight = place !== null && place >= range.min && place <= range.max;
    return isInSight ? Math.floor(this.now.value / DETAIL_EVERY_S) : 0;
  }

  /** Hidden, nothing is asked or streamed; a finished task is only watched through the list. */
  #beat(): void {
    const shown = this.#shown.value;
    const open = this.open.value;
    const live = shown && open?.task.value?.mode === 'live';
    for (const pulse of [this.#tasksPulse, this.#clockPulse]) shown ? pulse.start() : pulse.stop();
    const watched = !shown && this.#watchesLive();
    watched ? this.#watchPulse.start() : this.#watchPulse.stop();
    untracked(() => {
      open?.follow(live);
      open?.marks.show(shown);
    });
  }

  #watchesLive(): boolean {
    const watched = this.alerts.watched.value;
    return watched.length > 0 && this.list.value?.tasks.some(isLiveOf(watched)) === true;
  }

  /** The open task tells of itself sooner than the list does, as long as it is looked at. */
  #noticeOpen(): void {
    const task = this.open.value?.task.value;
    // Not on being shown again: what is known of the task then is older than what the list has said meanwhile.
    if (task && this.#shown.peek()) untracked(() => this.#noticeTask(task));
  }

  #noticeTask(task: Task): void {
    this.alerts.look([glanceAt(task, this.view.values.peek().muted)], this.#isSeen());
  }

  #noticeOthers(tasks: readonly TaskSummary[]): void {
    const open = this.#shown.peek() ? this.open.peek()?.id : undefined;
    const watched = this.alerts.watched.peek();
    const others = tasks.filter((task) => task.id !== open && watched.includes(task.id));
    this.alerts.look(
      others.map((task) => glanceAt(task)),
      this.#isSeen(),
    );
  }

  #isSeen(): boolean {
    return this.#shown.peek() && this.hasFocus();
  }

  async #askTasks(): Promise<Outcome> {
    const since = this.list.peek()?.revision ?? '';
    const answer = await this.#asking.ask((signal) => this.#client.tasks(since, signal));
    if (answer === null) return 'well';
    this.connection.heard(answer);
    this.listFailure.value = answer.ok ? null : answer.failure;
    if (!answer.ok) return 'badly';
    const now = this.now.peek();
    for (const task of answer.value.tasks) this.#heardAt.set(task, now);
    this.list.value = merged(this.list.peek(), answer.value);
    this.#noticeChange(answer.value.tasks);
    this.#noticeOthers(answer.value.tasks);
    return answer.value.progress === null ? 'well' : 'soon';
  }

  /** The list moved on for the open task: a finished one may have been resumed, a live one may have ended. */
  #noticeChange(tasks: readonly TaskSummary[]): void {
    const open = this.open.peek();
    const mode = open?.task.peek()?.mode;
    const summary = tasks.find((one) => one.id === open?.id);
    if (mode === undefined || summary === undefined) return;
    const said = JSON.stringify([summary.status, summary.last_event_at, summary.step, summary.attempts]);
    if (said === this.#seen) return;
    this.#seen = said;
    if (mode === 'history') void open?.poll();
  }
}

/** With exactly one task in the log directory the overview would be a detour. */
function onlyTask(list: TaskList | null): string | null {
  const isOne = list !== null && list.progress === null && list.tasks.length === 1;
  return isOne ? (list.tasks[0]?.id ?? null) : null;
}

function isLiveOf(watched: readonly string[]): (task: TaskSummary) => boolean {
  return (task) => task.mode === 'live' && watched.includes(task.id);
}

function lookOf(values: { ema: number; ma: number; history: 'latest' | 'all' }) {
  return { ema: values.ema, ma: values.ma, view: values.history };
}

/** Acts when the value has become another one; the value at the start is nobody's change. Compared as JSON: all are small. */
function onChange<T>(read: () => T, act: (value: T) => void): void {
  let last: string | undefined;
  effect(() => {
    const value = read();
    const text = JSON.stringify(value);
    if (last !== undefined && text !== last) untracked(() => act(value));
    last = text;
  });
}
