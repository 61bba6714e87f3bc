/** What stretch of the open task all charts show: on which axis, of which insight, and which points of it are still to be asked for. */

import type { ReadonlySignal } from '@preact/signals';
import type { Axis, Insight } from '../../wire/messages';
import { placeOf, type Range, translated } from '../axis';
import type { View } from '../view/view';
import { lookOf } from '../view/view_values';
import { wantedMetrics } from '../view/wanted';
import { type DetailStore, detailOf, type Stretch } from './detail_store';
import { stretchAround, unfoldedFor } from './insights';
import type { OpenTask } from './open_task';

const DETAIL_EVERY_S = 5;

export class Zoom {
  readonly #view: View;
  readonly #open: ReadonlySignal<OpenTask | null>;
  readonly #detail: DetailStore;
  readonly #now: ReadonlySignal<number>;

  constructor(
    view: View,
    open: ReadonlySignal<OpenTask | null>,
    detail: DetailStore,
    now: ReadonlySignal<number>,
  ) {
    this.#view = view;
    this.#open = open;
    this.#detail = detail;
    this.#now = now;
  }

  /** Another axis for all charts; a zoom goes over to it where it can. */
  setAxis(axis: Axis): void {
    const { range, axis: from } = this.#view.values.peek();
    this.#view.set({ axis, range: range === null ? null : this.#translate(range, from, axis) });
  }

  /** Opens the proof of an insight, and zooms all charts to what it speaks of; null closes it and gives the zoom back. */
  showInsight(insight: Insight | null): void {
    const open = this.#open.peek();
    const task = open?.task.peek();
    if (insight === null || task == null) {
      this.#view.set({ insight: null, range: null });
      return;
    }
    const { axis, history, ...view } = this.#view.values.peek();
    const around = stretchAround(insight, task.attempts);
    const range = axis === 'accumulated' ? around : this.#translate(around, 'accumulated', axis);
    const isCropped = open?.series.begins(insight.x_start) === false;
    this.#view.set({
      insight: insight.id,
      range,
      history: isCropped ? 'all' : history,
      open: unfoldedFor(insight.metric, task, view),
    });
  }

  /** By the points of the first chart that has some. */
  #translate(range: Range, from: Axis, to: Axis): Range | null {
    const open = this.#open.peek();
    const task = open?.task.peek();
    for (const metric of open?.series.ready ?? []) {
      const state = open?.series.chart(metric).peek();
      if (open == null || task == null || state?.kind !== 'ready') continue;
      const series = detailOf(this.#detail.detail.peek(), open.id, from, range, metric) ?? state.series;
      const found = translated(range, from, to, series, task.attempts);
      if (found !== null) return found;
    }
    return null;
  }

  /** Only a thinned history has points left to ask for in a zoomed range; the latest points are all there already. */
  stretch(): Stretch | null {
    const { history, range, axis, ...values } = this.#view.values.value;
    const open = this.#open.value;
    const task = open?.task.value;
    if (open === null || task == null || range === null || history !== 'all') return null;
    const metrics = wantedMetrics(task, values).filter((metric) => {
      const state = open.series.chart(metric).value;
      return state.kind === 'ready' && state.series.cropped_points > 0;
    });
    if (metrics.length === 0) return null;
    return { task: open.id, axis, range, look: lookOf({ ...values, history }), metrics };
  }

  /** Changes every few seconds while the training goes on within the zoomed range, whose points are then asked for anew. */
  beatInSight(): number {
    const { range, axis, history } = this.#view.values.value;
    const open = this.#open.value;
    const task = open?.task.value;
    if (open === null || task?.mode !== 'live' || range === null || history !== 'all') return 0;
    const last = open.series.lastMoment();
    const place = last === null ? null : placeOf(last, axis, task.attempts);
    const isInSight = place !== null && place >= range.min && place <= range.max;
    return isInSight ? Math.floor(this.#now.value / DETAIL_EVERY_S) : 0;
  }
}
