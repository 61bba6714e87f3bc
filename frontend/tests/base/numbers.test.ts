import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatPercent,
  formatShort,
  formatStep,
  formatValue,
  plural,
} from '../../src/base/numbers';

describe('A count', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [18231, '18,231'],
    [1e12, '1,000,000,000,000'],
    [-1500, '−1,500'],
    [-0.2, '0'],
  ])('of %d reads %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});

describe('A value', () => {
  it.each([
    [2.0513, '2.051'],
    [0.0003, '3e-4'],
    [0.0000521, '5.21e-5'],
    [41286.4, '41,286'],
    [-1.5, '−1.5'],
    [12345678, '1.23e7'],
    [0, '0'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('of %d reads %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});

describe('A step', () => {
  it.each([
    [0, '0'],
    [9_999, '9,999'],
    [10_000, '10k'],
    [12_500, '12.5k'],
    [12_345, '12,345'],
    [2_000_000, '2M'],
    [1_234_567, '1,234,567'],
  ])('of %d is labelled %s and never rounded away', (step, text) => {
    expect(formatStep(step)).toBe(text);
  });
});

describe('A share', () => {
  it.each([
    [0, '0%'],
    [0.0004, '<0.1%'],
    [0.035, '3.5%'],
    [0.24, '24%'],
    [0.9995, '99.9%'],
    [0.995, '99.5%'],
    [1, '100%'],
  ])('of %d reads %s', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });
});

it('Nouns are counted', () => {
  expect([plural(1, 'point'), plural(18231, 'point')]).toEqual(['1 point', '18,231 points']);
});

describe('A short count', () => {
  it.each([
    [950, '950'],
    [123_456, '123,456'],
    [2_000_000, '2M'],
    [1_632_508_210_839, '1.633T'],
  ])('of %d is %s', (count, text) => {
    expect(formatShort(count)).toBe(text);
  });
});
