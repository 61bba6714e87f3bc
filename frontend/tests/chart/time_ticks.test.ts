import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockTicks, durationTicks, timeIncrement } from '../../src/chart/time_ticks';

const HOUR = 3600;
const zone = process.env.TZ;

function labels(ticks: readonly { readonly label: string }[]): string {
  return ticks.map(({ label }) => label).join(' | ');
}

describe('The increment of time', () => {
  it.each([
    [0.003, 0.005],
    [0.7, 1],
    [3, 5],
    [11, 15],
    [40, 60],
    [1000, 1800],
    [5000, 2 * HOUR],
    [50_000, 24 * HOUR],
    [200_000, 5 * 24 * HOUR],
  ])('of at least %d s is %d s', (atLeast, increment) => {
    expect(timeIncrement(atLeast)).toBe(increment);
  });
});

describe('Durations', () => {
  it.each([
    [0, 60, '0 | 10 s | 20 s | 30 s | 40 s | 50 s | 1:00'],
    [3600, 3660, '1:00:00 | 1:00:10 | 1:00:20 | 1:00:30 | 1:00:40 | 1:00:50 | 1:01:00'],
    [0, HOUR, '0 | 10 min | 20 min | 30 min | 40 min | 50 min | 1:00 h'],
    [0, 20 * HOUR, '0 | 3 h | 6 h | 9 h | 12 h | 15 h | 18 h'],
    [0, 240 * HOUR, '0 | 2 d | 4 d | 6 d | 8 d | 10 d'],
    [0, 0.3, '0 | 0.05 s | 0.1 s | 0.15 s | 0.2 s | 0.25 s | 0.3 s'],
  ])('from %d to %d s read %s', (min, max, expected) => {
    expect(labels(durationTicks({ min, max }, 450))).toBe(expected);
  });
});

describe('The time on the clock', () => {
  beforeAll(() => {
    process.env.TZ = 'Europe/Berlin';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  const at = (text: string) => Date.parse(text) / 1000;

  it('is round here, whatever it is in Greenwich, and says of which day it is', () => {
    const range = { min: at('2026-11-23T14:10+01:00'), max: at('2026-11-23T17:20+01:00') };
    expect(labels(clockTicks(range, 450))).toBe('Nov 23, 14:30 | 15:00 | 15:30 | 16:00 | 16:30 | 17:00');
  });

  it('names the day at midnight', () => {
    const range = { min: at('2026-11-23T22:10+01:00'), max: at('2026-11-24T02:10+01:00') };
    expect(labels(clockTicks(range, 300))).toBe('23:00 | Nov 24 | 01:00 | 02:00');
  });

  it('counts days where there are many', () => {
    const range = { min: at('2026-11-23T22:10+01:00'), max: at('2026-11-28T02:10+01:00') };
    expect(labels(clockTicks(range, 300))).toBe('Nov 24 | Nov 25 | Nov 26 | Nov 27 | Nov 28');
  });

  it('shows seconds where they matter', () => {
    const range = { min: at('2026-11-23T14:10:01+01:00'), max: at('2026-11-23T14:10:40+01:00') };
    expect(labels(clockTicks(range, 300))).toBe('Nov 23, 14:10:10 | 14:10:20 | 14:10:30 | 14:10:40');
  });

  it('leaves out the hour that the clock leaps over in spring', () => {
    const range = { min: at('2026-03-29T00:30+01:00'), max: at('2026-03-29T05:30+02:00') };
    expect(labels(clockTicks(range, 380))).toBe('Mar 29, 01:00 | 03:00 | 04:00 | 05:00');
  });

  it('has ticks in their order, inside the range, on any day of the year', () => {
    for (let day = 0; day < 365; day += 1) {
      const min = at('2026-01-01T00:00Z') + day * 24 * HOUR;
      const ticks = clockTicks({ min, max: min + 30 * HOUR }, 700).map(({ x }) => x);
      expect(ticks.length).toBeGreaterThan(7);
      expect(ticks.every((x, i) => x >= (ticks[i - 1] ?? min - 1) + 1 && x <= min + 30 * HOUR)).toBe(true);
    }
  });
});
