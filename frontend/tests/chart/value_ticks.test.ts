import { describe, expect, it } from 'vitest';
import { valueLabels } from '../../src/chart/value_ticks';

describe('Labels of the value axis', () => {
  it.each([
    [[0, 0.5, 1], 0.5, ['0', '0.5', '1.0']],
    [[2.05, 2.1], 0.05, ['2.05', '2.10']],
    [[4.5, 4.75, 5], 0.25, ['4.50', '4.75', '5.00']],
    [[0.0025, 0.005], 0.0025, ['2.5e−3', '5.0e−3']],
    [[10000, 12500], 2500, ['10.0k', '12.5k']],
    [[0, 0.0001, 0.0002], 0.0001, ['0', '1e−4', '2e−4']],
    [[0.00015, 0.0002], 0.00005, ['1.5e−4', '2.0e−4']],
    [[25000, 30000], 5000, ['25k', '30k']],
    [[-1, 0, 1], 1, ['−1', '0', '1']],
  ])('of %j, %d apart, are %j', (values, increment, expected) => {
    expect(valueLabels(values, increment)).toEqual(expected);
  });
});
