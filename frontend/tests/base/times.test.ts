import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration, formatDurationRange, formatMoment } from '../../src/base/times';

describe('A duration', () => {
  it.each([
    [0.4, '0 s'],
    [42, '42 s'],
    [310, '5 min 10 s'],
    [300, '5 min'],
    [1800, '30 min'],
    [3 * 3600 + 300, '3 h 05 min'],
    [2 * 86400 + 4 * 3600, '2 d 4 h'],
    [1356.4 * 86400, '1,356 d'],
    [-5, '0 s'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('A range of durations', () => {
  it.each([
    [30, 45, '30 to 45 s'],
    [463, 652, '8 to 11 min'],
    [300, 310, 'about 5 min'],
    [7000, 9000, '1 h 56 min to 2 h 30 min'],
  ])('from %d to %d reads %s', (low, high, text) => {
    expect(formatDurationRange(low, high)).toBe(text);
  });
});

it('An age below a second is just now', () => {
  expect([formatAge(0.3), formatAge(14)]).toEqual(['just now', '14 s ago']);
});

describe('A moment', () => {
  const at = (year: number, month: number, day: number, hour: number) =>
    new Date(year, month, day, hour, 5).getTime() / 1000;
  const now = at(2026, 10, 23, 18);

  it('is a clock time on the same day', () => {
    expect(formatMoment(at(2026, 10, 23, 9), now)).toBe('09:05');
  });

  it('has its date on another day, and its year in another year', () => {
    expect(formatMoment(at(2026, 10, 22, 9), now)).toBe('Nov 22, 09:05');
    expect(formatMoment(at(2025, 10, 22, 9), now)).toBe('Nov 22 2025, 09:05');
  });
});
