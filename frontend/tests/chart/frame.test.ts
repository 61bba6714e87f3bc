import { describe, expect, it } from 'vitest';
import { frameOf } from '../../src/chart/frame';
import { contentOf, lineOf } from './lines_for_tests';

describe('The room left of a chart', () => {
  const leftOf = (values: readonly number[], unit = 1) =>
    frameOf(contentOf([lineOf(values)]), { width: 600 * unit, height: 232 * unit, unit }).left;

  it('is the same for numbers that are as short as most are', () => {
    expect(leftOf([0, 4])).toBe(54);
    expect(leftOf([-0.058, -0.045])).toBe(54);
    expect(leftOf([0, 2e6])).toBe(54);
  });

  it('is as wide as numbers need that differ in a late digit', () => {
    expect(leftOf([4.975e-5, 4.995e-5])).toBe(61);
    expect(leftOf([-4.975e-5, -4.995e-5])).toBe(68);
    expect(leftOf([4.975e-5, 4.995e-5], 2)).toBe(122);
  });
});
