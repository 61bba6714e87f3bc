import { describe, expect, it } from 'vitest';
import { linearScale, logScale } from '../../src/chart/scale';
import { type ValueTick, valueLabels, valueTicks } from '../../src/chart/value_ticks';

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

describe('Ticks of the value axis', () => {
  const read = (ticks: readonly ValueTick[]) =>
    ticks.flatMap(({ label }) => (label === '' ? [] : [label])).join(' ');

  it.each([
    [0, 3.3, 190, '0 1 2 3'],
    [1.9, 3.1, 190, '2.00 2.25 2.50 2.75 3.00'],
    [0, 6e-4, 190, '0 2e−4 4e−4 6e−4'],
    [-1.2, 1.2, 190, '−1.0 −0.5 0 0.5 1.0'],
    [0, 1, 20, '0 1'],
  ])('from %d to %d on %d pixels are %s', (min, max, height, expected) => {
    expect(read(valueTicks(linearScale(min, max, height, 0), height))).toBe(expected);
  });

  it.each([
    [1e-6, 1e-3, 190, '1e−6 1e−5 1e−4 0.001'],
    [0.9, 110, 400, '1 2 5 10 20 50 100'],
    [1e-12, 1, 120, '1e−12 1e−8 1e−4 1'],
    [2, 3, 190, '2.0 2.2 2.4 2.6 2.8 3.0'],
  ])('on a logarithmic axis from %d to %d on %d pixels are %s', (min, max, height, expected) => {
    expect(read(valueTicks(logScale(min, max, height, 0), height))).toBe(expected);
  });

  it('are few and different where numbers are too large, or too near together, to have any between them', () => {
    for (const [low, high] of [
      [0.9999999999999998, 1.0000000000000002],
      [2 ** 63, 2 ** 63 + 4096],
      [1e300, 1.0000000000000002e300],
    ] as const) {
      const values = valueTicks(linearScale(low, high, 190, 0), 190).map(({ value }) => value);
      expect(values.length).toBeLessThanOrEqual(7);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  it('have lines without numbers between two powers of ten that are far apart', () => {
    const ticks = valueTicks(logScale(1, 10, 200, 0), 200);
    expect(ticks.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(ticks.filter(({ isMinor }) => !isMinor).map(({ value }) => value)).toEqual([1, 10]);
  });

  it('are never so many that their numbers touch', () => {
    for (let high = 1; high < 1000; high *= 1.07) {
      expect(valueTicks(linearScale(0, high, 190, 0), 190).length).toBeLessThanOrEqual(7);
    }
  });
});
