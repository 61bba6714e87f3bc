import { describe, expect, it } from 'vitest';
import { AXES, extentOf, momentAt, placeOf, placesOf, translated } from '../../src/model/axis';
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
      const singly = series.x.map((_, i) => placeOf(momentAt(series, i), axis, attempts));
      expect(singly).toEqual([...placesOf(series, axis, attempts)]);
    }
  });
});

describe('A zoom, when the axis becomes another', () => {
  it('keeps its points', () => {
    expect(translated({ min: 30, max: 50 }, 'accumulated', 'wall', series, attempts)).toEqual({
      min: 1030,
      max: 4650,
    });
    expect(translated({ min: 0, max: 15 }, 'active', 'accumulated', series, attempts)).toEqual({
      min: 10,
      max: 20,
    });
  });

  it("from steps that lie over one another follows the latest attempt's", () => {
    expect(translated({ min: 5, max: 25 }, 'step', 'accumulated', series, attempts)).toEqual({
      min: 40,
      max: 50,
    });
  });

  it('is dropped where fewer than two of its points have a place', () => {
    const timeless = { ...series, wall_time: [0, 0, 0, 0, 0] };
    expect(translated({ min: 10, max: 50 }, 'accumulated', 'wall', timeless, attempts)).toBeNull();
    expect(translated({ min: 29, max: 31 }, 'accumulated', 'step', series, attempts)).toBeNull();
  });
});

describe('How far an attempt came', () => {
  const second = attempt(2, {
    ...attempts[1],
    start_step: 0,
    last_step: 20,
    x_start: 30,
    x_end: 50,
  });

  it('is known on every axis', () => {
    expect(AXES.map((axis) => extentOf(second, axis))).toEqual([
      { min: 30, max: 50 },
      { min: 0, max: 20 },
      { min: 30, max: 50 },
      { min: 4630, max: 4650 },
    ]);
  });

  it('is unknown in time where its points have none', () => {
    const timeless = attempt(1, { last_step: 5 });
    expect(AXES.map((axis) => extentOf(timeless, axis) === null)).toEqual([false, false, true, true]);
  });
});
