/** A zoomed stretch of a thinned history, asked again for that stretch alone, down to every single point. */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../../wire/client';
import type { Answer } from '../../wire/failure';
import type { Axis, Series, SeriesSet } from '../../wire/messages';
import { Newest } from '../../wire/newest';
import type { Range } from '../axis';
import type { Connection } from '../connection';
import type { Look } from '../view/look';

/** What is asked for: the stretch, and how its points are to be looked at. */
export interface Stretch {
  readonly task: string;
  readonly axis: Axis;
  readonly range: Range;
  readonly look: Look;
  readonly metrics: readonly string[];
}

export interface Detail extends Stretch {
  readonly series: Readonly<Record<string, Series>>;
}

export class DetailStore {
  readonly #detail = signal<Detail | null>(null);
  readonly #loading = signal(false);
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #asking = new Newest();
  #wanted: Stretch | null = null;

  constructor(client: Client, connection: Connection) {
    this.#client = client;
    this.#connection = connection;
  }

  /** The latest stretch that came; the one before stays until then, for it may hold what is looked at. */
  get detail(): ReadonlySignal<Detail | null> {
    return this.#detail;
  }

  /** Whether a stretch is on its way. */
  get loading(): ReadonlySignal<boolean> {
    return this.#loading;
  }

  /**
   * Asks for a stretch, or (null) for none. One question at a time: who pans asks sixty times a second, and of what is
   * asked meanwhile only the last counts.
   */
  async ask(stretch: Stretch | null): Promise<void> {
    const before = this.#wanted;
    this.#wanted = stretch;
    if (stretch === null || (before !== null && !isSameLook(before, stretch))) this.#forget(stretch);
    while (!this.#loading.peek() && this.#wanted !== null) {
      const asked = this.#wanted;
      this.#loading.value = true;
      const answer = await this.#asking.ask((signal) => this.#client.series(questionOf(asked), signal));
      if (answer === null) return;
      this.#loading.value = false;
      this.#take(asked, answer);
      if (this.#wanted === asked) return;
    }
  }

  /** What is under way would be drawn wrongly, and so would what is there, unless only its smoothing is another. */
  #forget(stretch: Stretch | null): void {
    this.#asking.drop();
    this.#loading.value = false;
    const { task, axis } = this.#detail.peek() ?? {};
    if (stretch?.task !== task || stretch?.axis !== axis) this.#detail.value = null;
  }

  #take(asked: Stretch, answer: Answer<SeriesSet>): void {
    this.#connection.heard(answer);
    if (answer.ok) this.#detail.value = { ...asked, series: answer.value.series };
  }
}

function isSameLook(a: Stretch, b: Stretch): boolean {
  return JSON.stringify({ ...a, range: null }) === JSON.stringify({ ...b, range: null });
}

function questionOf({ task, axis, range, look, metrics }: Stretch) {
  // The usual axis goes without saying.
  const on = axis === 'accumulated' ? {} : { axis };
  return { task, metric: metrics, ...look, ...on, x_min: range.min, x_max: range.max };
}

/** The stretch's points of a metric, if what came holds the whole range that is looked at. */
export function detailOf(
  detail: Detail | null,
  task: string,
  axis: Axis,
  range: Range | null,
  metric: string,
): Series | null {
  if (detail === null || range === null || detail.task !== task || detail.axis !== axis) return null;
  const holds = detail.range.min <= range.min && detail.range.max >= range.max;
  return (holds && detail.series[metric]) || null;
}
