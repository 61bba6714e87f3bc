import { describe, expect, it } from 'vitest';
import type { ChartLine } from '../../src/chart/content';
import { corners, decimate, spansOf, type Trail, trailOf, travel } from '../../src/chart/trail';
import { seriesAt } from '../examples';
import { contentOf, frameFor, lineOf, noise } from './lines_for_tests';

function trail(line: ChartLine, changes: Parameters<typeof contentOf>[1] = {}): Trail {
  return trailOf(line, line.series.value, frameFor(contentOf([line], changes)));
}

function noisy(length: number, seed: number): ChartLine {
  const random = noise(seed);
  return lineOf(Array.from({ length }, () => random()));
}

/** Lowest and highest pixel of every column that has points. */
function extremes({ x, y }: Trail, indices: Iterable<number>): Map<number, readonly [number, number]> {
  const found = new Map<number, readonly [number, number]>();
  for (const index of indices) {
    const [column, height] = [Math.floor(x[index] as number), y[index] as number];
    const [least, most] = found.get(column) ?? [height, height];
    found.set(column, [Math.min(least, height), Math.max(most, height)]);
  }
  return found;
}

describe('Lines are broken', () => {
  it('at values that are missing', () => {
    expect([...trail(lineOf([1, 2, null, 3, 4])).joined]).toEqual([0, 1, 0, 0, 1]);
  });

  it('between attempts', () => {
    const series = seriesAt([0, 1, 2, 3], { attempt: [1, 1, 2, 2] });
    expect([...trail(lineOf([1, 2, 3, 4], { series })).joined]).toEqual([0, 1, 0, 1]);
  });

  it('where a point has no place', () => {
    expect([...trail(lineOf([1, 2, 3], { x: [0, null, 2] })).joined]).toEqual([0, 0, 0]);
  });

  it('where a logarithm has none', () => {
    const { y, joined } = trail(lineOf([1, 0, 10, -1, 100, 10]), { isLog: true });
    expect([...joined]).toEqual([0, 0, 0, 0, 0, 1]);
    expect([...y].map(Number.isNaN)).toEqual([false, true, false, true, false, false]);
  });

  it('nowhere else, and with one point more on each side of what is in sight', () => {
    const { x, joined } = trail(lineOf([1, 2, 3, 4, 5, 6]), { range: { min: 1.5, max: 3.5 } });
    expect([...joined]).toEqual([0, 1, 1, 1]);
    expect([...x]).toEqual([54 - 50, 54 + 50, 54 + 150, 54 + 250]);
  });
});

describe.each([1, 2, 3, 4])('Of noise with seed %d', (seed) => {
  const whole = trail(noisy(1500 * seed, seed));
  const kept = decimate(whole);

  it('the points kept are at most four a column, in their order', () => {
    expect(kept.length).toBeLessThanOrEqual(4 * 201);
    expect(kept.every((index, i) => i === 0 || index > (kept[i - 1] as number))).toBe(true);
  });

  it('every column keeps its lowest and highest', () => {
    expect(extremes(whole, kept)).toEqual(extremes(whole, whole.y.keys()));
  });

  it('the first and last point are kept', () => {
    expect([kept[0], kept.at(-1)]).toEqual([0, whole.y.length - 1]);
  });

  it('the spans cover every point', () => {
    const spans = spansOf(whole, 54, 254);
    for (let i = 0; i < whole.y.length - 1; i += 1) {
      const column = Math.floor(whole.x[i] as number) - 54;
      expect(spans.top[column]).toBeLessThanOrEqual(whole.y[i] as number);
      expect(spans.bottom[column]).toBeGreaterThanOrEqual(whole.y[i] as number);
    }
  });

  it('the line through the corners passes every point kept within the tolerance', () => {
    const turns = corners(whole, kept, 2);
    expect(turns.length).toBeLessThan(kept.length);
    for (const index of kept) expect(distance(whole, turns, index)).toBeLessThanOrEqual(2 + 1e-9);
  });
});

/** From a point up or down to the line through these corners. */
function distance({ x, y }: Trail, turns: readonly number[], index: number): number {
  const next = turns.findIndex((turn) => turn >= index);
  const [a, b] = [turns[Math.max(0, next - 1)] as number, turns[next] as number];
  const run = (x[b] as number) - (x[a] as number);
  const share = run === 0 ? 1 : ((x[index] as number) - (x[a] as number)) / run;
  if (run === 0) return 0;
  return Math.abs((y[a] as number) + share * ((y[b] as number) - (y[a] as number)) - (y[index] as number));
}

describe('Few points do', () => {
  it('for a straight line', () => {
    const straight = trail(lineOf(Array.from({ length: 4000 }, (_, i) => i)));
    expect(corners(straight, decimate(straight, 0.4), 0.4)).toEqual([0, 3999]);
  });

  it('and each attempt has its own', () => {
    const attempt = Array.from({ length: 4000 }, (_, i) => (i < 1000 ? 1 : 2));
    const value = Array.from(attempt.keys());
    const series = seriesAt(value, { value, attempt });
    const parted = trail(lineOf(value, { series }));
    expect(corners(parted, decimate(parted, 0.4), 0.4)).toEqual([0, 999, 1000, 3999]);
  });

  it('also where the clock was set back', () => {
    const back = trail(lineOf([1, 2, 3, 4], { x: [0, 2, 1, 3] }));
    expect(corners(back, decimate(back), 0.4)).toEqual([0, 1, 2, 3]);
  });

  it('or none where there are none', () => {
    const nothing = trail(lineOf([null, null]));
    expect(corners(nothing, decimate(nothing), 0.4)).toEqual([]);
  });
});

it('Spans reach from column to column where points are far apart, and nowhere across a break', () => {
  const { top, bottom } = spansOf(trail(lineOf([0, 1, null, 1])), 54, 254);
  const covered = [...top.keys()].filter((column) => (bottom[column] as number) >= (top[column] as number));
  // Point 1 is at a third of 200 pixels, and the lone last one on the right edge, which is the next column's.
  expect(covered).toEqual(Array.from({ length: 67 }, (_, i) => i));
});

it('A line that goes to and fro travels far, a smooth one hardly farther than it falls', () => {
  const [smooth, rough] = [trail(lineOf(Array.from({ length: 2000 }, (_, i) => -i))), trail(noisy(2000, 9))];
  expect(travel(smooth, decimate(smooth))).toBeLessThan(101);
  expect(travel(rough, decimate(rough))).toBeGreaterThan(200 * 50);
});
