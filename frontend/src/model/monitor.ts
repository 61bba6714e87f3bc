/** The one home of server state in the browser, and the beats that keep it fresh while somebody looks. */

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type { Client } from '../wire/client';
import type { Answer } from '../wire/failure';
import type { Feed } from '../wire/feed';
import type { Expected, Task, TaskSummary } from '../wire/messages';
import { Absence } from './away/absence';
import { AlertWatch } from './away/alert_watch';
import { Alerts } from './away/alerts';
import { type Standing, standingOf } from './away/meanwhile';
import { followChoices } from './choices';
import { Connection, isAbsent } from './connection';
import { ListStore, onlyTask } from './list/list_store';
import type { SparklineStore } from './list/sparklines';
import { GuideStore } from './metrics/guide';
import { Pins } from './metrics/pins';
import { DetailStore } from './task/detail_store';
import { OpenTask } from './task/open_task';
import { toldTask } from './task/told_task';
import { Zoom } from './task/zoom';
import { Clock } from './time/clock';
import { type Outcome, Pulse } from './time/pulse';
import { Pointed } from './view/pointed';
import type { View } from './view/view';

const TASKS_EVERY_MS = 5000;
/** While nobody looks, and only for tasks that the reader wants to be told of. */
const WATCH_EVERY_MS = 30_000;
/** After the server was away. */
const ALL_EVERY_S = 5;

export class Monitor {
  readonly view: View;
  readonly connection: Connection;
  readonly tasks: ListStore;
  readonly open: Signal<OpenTask | null> = signal(null);
  /** The open task as words tell it: once a second. */
  readonly told: ReadonlySignal<Task | null>;
  readonly detail: DetailStore;
  readonly zoom: Zoom;
  readonly absence: Absence;
  readonly alerts: Alerts;
  readonly guide: GuideStore;
  /** The rows of the overview that can be seen. */
  readonly inSight: Signal<readonly TaskSummary[]> = signal([]);
  /** How far down the overview the reader was, in pixels: to come back to. */
  overviewTop = 0;
  readonly pointed = new Pointed();
  /** Seconds since the epoch, ticking about once a second while the tab is shown. */
  readonly now: ReadonlySignal<number>;
  readonly #client: Client;
  readonly #feed: Feed;
  readonly #shown = signal(false);
  readonly #pins: Pins;
  readonly #alertWatch: AlertWatch;
  readonly #tasksPulse = new Pulse(TASKS_EVERY_MS, () => this.#askTasks());
  readonly #watchPulse = new Pulse(WATCH_EVERY_MS, () => this.#askTasks());
  readonly #clock: Clock;
  readonly #time: () => number;
  #sparklines: SparklineStore | null = null;
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
    pins = new Pins(null),
  ) {
    this.#client = client;
    this.#feed = feed;
    this.view = view;
    this.connection = new Connection(clock);
    this.#clock = new Clock(clock);
    this.now = this.#clock.now;
    this.tasks = new ListStore(client, this.connection, view.values, this.now);
    this.told = toldTask(this.open, this.now);
    this.detail = new DetailStore(client, this.connection);
    this.zoom = new Zoom(view, this.open, this.detail, this.now);
    this.guide = new GuideStore(client, this.connection);
    this.absence = new Absence(() => this.#standing(clock()));
    this.alerts = alerts;
    this.#pins = pins;
    this.#alertWatch = new AlertWatch(alerts, view, this.open, this.#shown, () => this.hasFocus());
    this.#time = clock;
    this.#wire();
  }

  /** Whether the reader is at this page, and not only has it in sight. */
  hasFocus: () => boolean = () => true;

  show(shown: boolean): void {
    this.absence.show(shown);
    this.#shown.value = shown;
  }

  /** Where the points of a task are to be had as a file. */
  exported(task: string, format: string): Promise<Answer<string>> {
    return this.#client.exported(task, format);
  }

  /** What the loss is to be expected to come to: worked out when it is asked for. */
  expected(task: string, signal: AbortSignal): Promise<Answer<Expected>> {
    return this.#client.expected(task, signal);
  }

  /** The curves of the rows in sight, by the code that comes with the list. */
  sparklinesBy(Store: typeof SparklineStore): SparklineStore {
    if (this.#sparklines !== null) return this.#sparklines;
    const sparklines = new Store(this.#client, this.#time);
    this.#sparklines = sparklines;
    effect(() => sparklines.show(this.#shown.value ? this.inSight.value : []));
    return sparklines;
  }

  /** Pins a scalar to the top of the task that is open, or takes it off, for this link and for the next time. */
  togglePin(metric: string): void {
    this.view.toggle('pinned', metric);
    this.#pins.keep(this.open.peek()?.id ?? '', this.view.values.peek().pinned);
  }

  /** Asks now instead of at the next beat. */
  retry(): void {
    this.#tasksPulse.hurry();
    void this.open.peek()?.load();
  }

  #wire(): void {
    const id = computed(
      () => this.view.values.value.task ?? this.open.value?.id ?? onlyTask(this.tasks.list.value),
    );
    effect(() => this.#openTask(id.value));
    followChoices(this.view, this);
    effect(() => this.#beat());
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
      this.#pinAsBefore(id);
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

  /** A link's own pins come first. */
  #pinAsBefore(id: string): void {
    const pinned = this.#pins.of(id);
    if (pinned.length > 0 && this.view.values.peek().pinned.length === 0) this.view.set({ pinned });
  }

  #standing(at: number): Standing | null {
    const open = this.open.peek();
    const task = open?.task.peek();
    return open && task ? standingOf(task, open.logs?.log.peek()?.counts.eval ?? 0, at) : null;
  }

  /** Hidden, nothing is asked or streamed; a finished task is only watched through the list. */
  #beat(): void {
    const shown = this.#shown.value;
    const open = this.open.value;
    const live = shown && open?.task.value?.mode === 'live';
    shown ? this.#clock.start() : this.#clock.stop();
    // The list is nowhere to be seen while a task is opened, and may be long.
    if (!shown) this.#tasksPulse.stop();
    else if (open === null || open.first.value === 'drawn') this.#tasksPulse.start();
    const watched = !shown && this.#alertWatch.isNeededFor(this.tasks.list.value?.tasks ?? []);
    watched ? this.#watchPulse.start() : this.#watchPulse.stop();
    untracked(() => {
      open?.follow(live);
      open?.marks.show(shown);
    });
  }

  #noticeOpen(): void {
    const task = this.open.value?.task.value;
    if (task) {
      untracked(() => this.#alertWatch.hearOpen(task));
      this.#clock.news();
    }
  }

  #askTasks(): Promise<Outcome> {
    return this.tasks.ask((tasks) => {
      this.#noticeChange(tasks);
      this.#alertWatch.hearList(tasks);
    });
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
