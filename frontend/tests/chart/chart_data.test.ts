import { describe, expect, it } from 'vitest';
import { attemptBreaks, boundaries, lonePoints, rangeOf } from '../../src/chart/chart_data';
import { attempt, seriesAt } from '../examples';

describe('Lone points', () => {
  it('are those between values that are not finite', () => {
    const series = seriesAt([1, 2, 3, 4, 5], { value: [1, 2, null, 4, null] });
    expect(lonePoints(series)).toEqual([3]);
  });

  it('are those that are alone in their attempt', () => {
    expect(lonePoints(seriesAt([1, 2, 3], { attempt: [1, 2, 2] }))).toEqual([0]);
  });

  it('include the only point of a series', () => {
    expect(lonePoints(seriesAt([7]))).toEqual([0]);
  });
});

describe('Attempts', () => {
  it('are parted wherever the number changes', () => {
    expect(attemptBreaks(seriesAt([1, 2, 3, 4], { attempt: [1, 1, 2, 3] }))).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it('have a boundary at the begin of each but the first', () => {
    const attempts = [attempt(1, { x_end: 30 }), attempt(2, { x_start: 30, x_end: 70 })];
    expect(boundaries(attempts).map((one) => one.x_start)).toEqual([30]);
  });
});

it('A range is wide enough to draw even for a lone point', () => {
  expect([rangeOf(0, 5), rangeOf(5, 5)]).toEqual([
    { min: 0, max: 5 },
    { min: 4, max: 6 },
  ]);
});
