import { describe, expect, it } from 'vitest';
import { inSight, nearest, shownPoints } from '../../src/chart/nearest';
import { lineOf, noise } from './lines_for_tests';

const five = lineOf([1, 2, 3, 4, 5]);

describe('The nearest point', () => {
  it.each([
    [-100, 0],
    [0.4, 0],
    [1.6, 2],
    [2.5, 2],
    [100, 4],
  ])('to %d is number %d', (x, index) => {
    expect(nearest(five, x)).toBe(index);
  });

  it('is one of the line, whatever else is in the series', () => {
    const part = { ...five, first: 1, end: 3 };
    expect([nearest(part, -5), nearest(part, 50)]).toEqual([1, 2]);
  });

  it('is none for a line without points', () => {
    expect(nearest({ ...five, end: 0 }, 1)).toBeNull();
    expect(nearest(lineOf([1, 2], { x: [null, null] }), 1)).toBeNull();
  });

  it('is found where the clock was set back, or a time is missing', () => {
    expect(nearest(lineOf([1, 2, 3, 4], { x: [0, 10, 5, 15] }), 6)).toBe(2);
    expect(nearest(lineOf([1, 2, 3], { x: [0, null, 5] }), 6)).toBe(2);
  });

  it('is the same whether searched or looked for one by one', () => {
    const random = noise(3);
    const x = Array.from({ length: 300 }, () => random() * 1000).sort((a, b) => a - b);
    const sorted = lineOf(x, { x });
    const searched = Array.from({ length: 200 }, (_, i) => x[nearest(sorted, i * 5) as number] as number);
    const least = (at: number) => Math.min(...x.map((place) => Math.abs(place - at)));
    expect(searched.map((place, i) => Math.abs(place - i * 5))).toEqual(searched.map((_, i) => least(i * 5)));
  });
});

describe('In sight', () => {
  it('are the points of the range and one more on each side', () => {
    expect(inSight(five, { min: 1.5, max: 2.5 })).toEqual([1, 4]);
    expect(inSight(five, { min: 2, max: 2 })).toEqual([1, 4]);
    expect(inSight(five, { min: -9, max: 9 })).toEqual([0, 5]);
  });

  it('are all where they have no order', () => {
    expect(inSight(lineOf([1, 2, 3], { x: [0, 9, 5] }), { min: 8, max: 10 })).toEqual([0, 3]);
  });

  it('are for the keyboard only those that are inside', () => {
    expect(shownPoints(five, { min: 0.5, max: 3 })).toEqual([1, 3]);
    expect(shownPoints(five, { min: 1.2, max: 1.8 })).toBeNull();
  });
});
