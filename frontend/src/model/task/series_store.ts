/** The series of the open task that somebody looks at, by metric. */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Failure } from '../../wire/failure';
import type { Columns, Series } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import { type Moment, momentAt } from '../axis';
import type { Connection } from '../connection';
import { leadingQuestion } from '../view/first_questions';
import type { Look } from '../view/look';
import { mergePoints, POINT_LIMIT } from './series_merge';

export interface KnownSeries extends Series {
  /** Of every answer another one, and kept by what only puts points behind it. */
  readonly origin?: object;
}

export type ChartState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly series: KnownSeries }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A whole history grows by appending until it is this much larger than an answer; then it is thinned anew. */
const WHOLE_HISTORY_SLACK = 1000;

export class SeriesStore {
  readonly #task: string;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #charts = new Map<string, Signal<ChartState>>();
  readonly #asking = new Newest();
  #wanted: readonly string[] = [];
  #stale = new Set<string>();
  #look: Look;
  /** Those that lead are on their way, and nobody knows their names yet. */
  #leading: Promise<void> | null = null;
  /** The cursor of the first answer: deltas from there on concern every series, also those asked for later. */
  firstCursor: string | null = null;

  constructor(task: string, client: Client, connection: Connection, look: Look) {
    this.#task = task;
    this.#client = client;
    this.#connection = connection;
    this.#look = look;
  }

  get look(): Look {
    return this.#look;
  }

  /** The metrics whose series are here, that is, those that deltas can go behind. */
  get ready(): readonly string[] {
    return this.#wanted.filter((metric) => this.#chart(metric).peek().kind === 'ready');
  }

  /** Of the first series that has points: its last one. */
  lastMoment(): Moment | null {
    for (const metric of this.#wanted) {
      const state = this.#chart(metric).value;
      const at = state.kind === 'ready' ? state.series.x.length - 1 : -1;
      if (state.kind === 'ready' && at >= 0) return momentAt(state.series, at);
    }
    return null;
  }

  /** Whether the series that are here reach back to this accumulated step; null where none is here. */
  begins(x: number): boolean | null {
    for (const metric of this.#wanted) {
      const state = this.#chart(metric).peek();
      if (state.kind === 'ready' && state.series.x.length > 0)
        return state.series.cropped_points === 0 || (state.series.x[0] ?? x) <= x;
    }
    return null;
  }

  chart(metric: string): ReadonlySignal<ChartState> {
    return this.#chart(metric);
  }

  /** Asks for what leads before anybody knows what that is: then the first charts need not wait for the task's answer. */
  lead(): Promise<void> {
    this.#leading = this.#askForLeading();
    return this.#leading;
  }

  /** Keeps exactly these series: asks for those that are missing, forgets those that nobody looks at any more. */
  async want(metrics: readonly string[]): Promise<void> {
    if (this.#leading !== null) await this.#leading;
    for (const metric of this.#wanted) {
      if (!metrics.includes(metric)) this.#charts.delete(metric);
    }
    this.#wanted = metrics;
    return this.#askForMissing();
  }

  /** Asks for everything again; what is drawn stays until the answer is there. */
  refresh(look: Look = this.#look): Promise<void> {
    this.#look = look;
    this.#stale = new Set(this.#wanted);
    return this.#askForMissing();
  }

  /** Resolves once what did not connect, or has grown too long, is here again. */
  async append(delta: Readonly<Record<string, Columns>>): Promise<void> {
    for (const [metric, columns] of Object.entries(delta)) this.#appendTo(metric, columns);
    if (this.#stale.size > 0) await this.#askForMissing();
  }

  close(): void {
    this.#asking.drop();
  }

  #appendTo(metric: string, delta: Columns): void {
    const chart = this.#charts.get(metric);
    const state = chart?.peek();
    if (chart === undefined || state?.kind !== 'ready') return;
    const limit = this.#look.view === 'latest' ? POINT_LIMIT : undefined;
    const merged = mergePoints(state.series, delta, limit);
    if (merged.kind === 'gap') {
      this.#stale.add(metric);
      return;
    }
    const { series } = merged;
    if (series.x.length > POINT_LIMIT + WHOLE_HISTORY_SLACK) this.#stale.add(metric);
    if (series !== state.series) chart.value = { kind: 'ready', series };
  }

  async #askForLeading(): Promise<void> {
    const look = this.#look;
    const question = leadingQuestion(this.#task, look);
    const answer = await this.#asking.ask((signal) => this.#client.series(question, signal));
    this.#leading = null;
    // Where there is none, the task's own answer says why.
    if (!answer?.ok || look !== this.#look) return;
    this.#wanted = Object.keys(answer.value.series);
    this.#take(this.#wanted, answer.value.series, answer.value.cursor);
  }

  async #askForMissing(): Promise<void> {
    const missing = this.#wanted.filter((metric) => this.#isMissing(metric));
    if (missing.length === 0) return;
    const question = { task: this.#task, metric: missing, ...this.#look };
    const answer = await this.#asking.ask((signal) => this.#client.series(question, signal));
    if (answer === null) return;
    this.#connection.heard(answer);
    if (answer.ok) this.#take(missing, answer.value.series, answer.value.cursor);
    else this.#fail(missing, answer.failure);
  }

  #isMissing(metric: string): boolean {
    return this.#stale.has(metric) || this.#chart(metric).peek().kind !== 'ready';
  }

  #take(asked: readonly string[], series: Readonly<Record<string, Series>>, cursor: string): void {
    this.firstCursor ??= cursor;
    for (const metric of asked) {
      this.#stale.delete(metric);
      const found = series[metric];
      if (found !== undefined)
        this.#chart(metric).value = { kind: 'ready', series: { ...found, origin: {} } };
    }
  }

  /** A chart that has something to show keeps it. */
  #fail(asked: readonly string[], failure: Failure): void {
    for (const metric of asked) {
      const chart = this.#chart(metric);
      if (chart.peek().kind !== 'ready') chart.value = { kind: 'failed', failure };
    }
  }

  #chart(metric: string): Signal<ChartState> {
    const known = this.#charts.get(metric);
    if (known !== undefined) return known;
    const chart = signal<ChartState>({ kind: 'loading' });
    this.#charts.set(metric, chart);
    return chart;
  }
}
