import { describe, expect, it } from 'vitest';
import { placeOf, placesOf } from '../../src/model/axis';
import { attempt, seriesAt } from '../examples';

/** Trained for 30 s, then an hour of nothing, then again from step 0. */
const attempts = [
  attempt(1, { active_start_s: 0, first_at: 1000, last_at: 1030 }),
  attempt(2, { active_start_s: 30, first_at: 4630, last_at: 4650 }),
];
const series = seriesAt([10, 20, 30, 40, 50], {
  step: [10, 20, 30, 10, 20],
  wall_time: [1000, 1015, 1030, 4630, 4650],
  attempt: [1, 1, 1, 2, 2],
});

describe('The place of a point', () => {
  it('end to end is its accumulated step', () => {
    expect(placesOf(series, 'accumulated', attempts)).toBe(series.x);
  });

  it('with attempts overlaid is its own step', () => {
    expect(placesOf(series, 'step', attempts)).toBe(series.step);
  });

  it('without downtime goes on where the attempt before ended', () => {
    expect(placesOf(series, 'active', attempts)).toEqual([0, 15, 30, 30, 50]);
  });

  it('on the clock is its time, and nowhere without one', () => {
    expect(placesOf(series, 'wall', attempts)).toBe(series.wall_time);
    const timeless = { ...series, wall_time: [0, null, 1030, 4630, 4650] };
    expect(placesOf(timeless, 'wall', attempts)).toEqual([null, null, 1030, 4630, 4650]);
    expect(placesOf(timeless, 'active', attempts)).toEqual([null, null, 30, 30, 50]);
  });

  it('without downtime is unknown where its attempt has no time', () => {
    expect(placesOf(series, 'active', [attempt(1, {})])).toEqual([null, null, null, null, null]);
  });

  it('is the same for a single moment as for a column', () => {
    for (const axis of ['accumulated', 'step', 'active', 'wall'] as const) {
      const singly = series.x.map((x, i) => {
        const moment = { x, step: series.step[i] ?? null, attempt: series.attempt[i] ?? 0 };
        return placeOf({ ...moment, wall_time: series.wall_time[i] ?? null }, axis, attempts);
      });
      expect(singly).toEqual([...placesOf(series, axis, attempts)]);
    }
  });
});
