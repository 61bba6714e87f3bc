import { describe, expect, it } from 'vitest';
import { linearScale, logScale, toPixel, toValue } from '../../src/chart/scale';
import { linearRange, logRange, valueRange } from '../../src/chart/value_range';
import { seriesAt } from '../examples';
import { contentOf, lineOf } from './lines_for_tests';

describe('The value axis', () => {
  it.each([
    [
      [2, 3],
      [1.9, 3.1],
    ],
    [
      [0.2, 3],
      [0, 3.3],
    ],
    [
      [-3, -0.1],
      [-3.3, 0],
    ],
    [
      [-1, 1],
      [-1.2, 1.2],
    ],
    [
      [5, 5],
      [0, 10],
    ],
    [
      [-5, -5],
      [-10, 0],
    ],
    [
      [0, 0],
      [0, 1],
    ],
    [
      [3e-4, 3e-4],
      [0, 6e-4],
    ],
  ] as const)('from %j reaches over %j', ([low, high], expected) => {
    const [from, to] = linearRange(low, high);
    expect(from).toBeCloseTo(expected[0], 9);
    expect(to).toBeCloseTo(expected[1], 9);
  });

  it('takes values that only rounding keeps apart for one', () => {
    expect(linearRange(0.9999999999999998, 1.0000000000000002)).toEqual(linearRange(1, 1));
    expect(logRange(1, 1.0000000000000002)[1]).toBeCloseTo(2);
    expect(linearRange(1, 1.0001)[1]).toBeLessThan(1.001);
  });

  it.each([
    [1e-300, 2e-300],
    [1e300, 1.0000001e300],
    [1, 1 + 1e-14],
    [-1e-12, 1e12],
  ])('is wider than %d to %d', (low, high) => {
    const [from, to] = linearRange(low, high);
    expect(from).toBeLessThanOrEqual(low);
    expect(to).toBeGreaterThanOrEqual(high);
    expect(to).toBeGreaterThan(from);
  });

  it('shows what is in sight, raw and smoothed', () => {
    const series = seriesAt([0, 1, 2, 3], { value: [100, 2, 3, 100], smoothed: [100, 1, 4, 100] });
    const line = lineOf([0, 0, 0, 0], { series, smoothed: true });
    expect(valueRange(contentOf([line], { range: { min: 1, max: 2 } }))).toEqual([0.7, 4.3]);
  });

  it('shows what is in sight where the places are in no order, or missing', () => {
    const line = lineOf([100, 2, 100, 3, 100], { x: [3, 1, null, 2, 0] });
    expect(valueRange(contentOf([line], { range: { min: 1, max: 2 } }))).toEqual([1.9, 3.1]);
  });

  it('shows the way from one point to the next where none is in sight', () => {
    const content = contentOf([lineOf([1, 2, 3, 4])], { range: { min: 1.2, max: 1.8 } });
    expect(valueRange(content)).toEqual([1.9, 3.1]);
  });

  it('has numbers even where there is nothing', () => {
    expect(valueRange(contentOf([]))).toEqual([0, 1]);
    expect(valueRange(contentOf([lineOf([null])]))).toEqual([0, 1]);
    expect(valueRange(contentOf([lineOf([0, -1])], { isLog: true }))).toEqual([0.1, 1]);
  });

  it('leaves out, where it is logarithmic, what has no logarithm', () => {
    const [low, high] = valueRange(contentOf([lineOf([-5, 0, 1, 100])], { isLog: true }));
    expect([low, high]).toEqual([expect.closeTo(1 / 100 ** 0.05), expect.closeTo(100 * 100 ** 0.05)]);
    expect(logRange(3, 3)).toEqual([1.5, 6]);
  });
});

describe.each([
  ['linear', linearScale(10, 1000, 300, 100)],
  ['logarithmic', logScale(10, 1000, 300, 100)],
])('A %s scale', (_name, scale) => {
  it('has its ends where it was told', () => {
    expect([toPixel(scale, 10), toPixel(scale, 1000)]).toEqual([expect.closeTo(300), expect.closeTo(100)]);
  });

  it('goes there and back', () => {
    for (const value of [10, 33, 500, 1000])
      expect(toValue(scale, toPixel(scale, value))).toBeCloseTo(value, 6);
  });
});

it('Zero and below have no place on a logarithmic scale', () => {
  const scale = logScale(1, 10, 0, 100);
  expect([toPixel(scale, 0), toPixel(scale, -1)]).toEqual([Number.NaN, Number.NaN]);
});

describe('A range that was shown before', () => {
  const of = (values: readonly number[], isLog = false) => contentOf([lineOf(values)], { isLog });

  it('stays while the values lie in it and nearly fill it', () => {
    expect(valueRange(of([0, 0.95]), [0, 1.1])).toEqual([0, 1.1]);
    expect(valueRange(of([1, 90], true), [0.9, 110])).toEqual([0.9, 110]);
  });

  it('goes where a value lies outside', () => {
    expect(valueRange(of([0, 1.11]), [0, 1.1])).toEqual(valueRange(of([0, 1.11])));
    expect(valueRange(of([-0.01, 1]), [0, 1.1])).toEqual(valueRange(of([-0.01, 1])));
  });

  it('goes where the values would need less than four fifths of it', () => {
    expect(valueRange(of([0, 0.5]), [0, 1.1])).toEqual(valueRange(of([0, 0.5])));
    expect(valueRange(of([1, 10], true), [0.9, 110])).toEqual(valueRange(of([1, 10], true)));
  });
});
