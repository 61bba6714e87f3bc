import { expect, it } from 'vitest';
import { rangeOf } from '../../src/chart/chart_data';

it('A range is wide enough to draw even for a lone point', () => {
  expect([rangeOf(0, 5), rangeOf(5, 5)]).toEqual([
    { min: 0, max: 5 },
    { min: 4, max: 6 },
  ]);
});
