/**
 * What the reader points at: one place on the axis, shared by all charts and the log.
 *
 * Whoever is pointed at says so (`point`, `pointAt`) and says null when that is over; everybody reads `place`. A chart
 * knows its place on the axis at once. A row of the log is a `Moment`: `pointAt(row, axis, attempts)` finds its place, and
 * `nearestMoment(rows, place.x, axis, attempts)` is the way back, from the place that a chart has set to the row next to it.
 * The axis is the view's (`monitor.view.values.value.axis`), the attempts are the task's.
 *
 * `place` changes with every move of the pointer: read it with `.value` in a component that is small, or in an effect, and
 * never in one that draws a card or a list.
 */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Axis } from '../../wire/messages';
import { type AttemptTimes, type Moment, placeOf } from '../axis';

export interface Place {
  /** On the axis of the view. */
  readonly x: number;
  /** Who is pointed at. The log moves nothing for its own rows. */
  readonly by: 'chart' | 'log';
}

export class Pointed {
  readonly #place = signal<Place | null>(null);

  get place(): ReadonlySignal<Place | null> {
    return this.#place;
  }

  /** Null where it is pointed at nothing any more; only what `by` itself had set is taken away by that. */
  point(x: number | null, by: Place['by']): void {
    const now = this.#place.peek();
    if (x === null ? now === null || now.by !== by : now?.x === x && now.by === by) return;
    this.#place.value = x === null ? null : { x, by };
  }

  /** A row of the log, or null for none. One that has no place on this axis points nowhere. */
  pointAt(moment: Moment | null, axis: Axis, attempts: readonly AttemptTimes[]): void {
    this.point(moment === null ? null : placeOf(moment, axis, attempts), 'log');
  }

  /** Another axis, another task: the place means nothing there. */
  clear(): void {
    this.#place.value = null;
  }
}

/**
 * The index of the moment that lies nearest to `x`, or null where none has a place. Of equals (on the axis of steps each
 * attempt has one) that of the latest attempt.
 */
export function nearestMoment(
  moments: readonly Moment[],
  x: number,
  axis: Axis,
  attempts: readonly AttemptTimes[],
): number | null {
  let nearest: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, moment] of moments.entries()) {
    const place = placeOf(moment, axis, attempts);
    if (place === null) continue;
    const distance = Math.abs(place - x);
    const isLater = nearest !== null && moment.attempt > (moments[nearest]?.attempt ?? 0);
    if (distance < least || (distance === least && isLater)) {
      nearest = index;
      least = distance;
    }
  }
  return nearest;
}
