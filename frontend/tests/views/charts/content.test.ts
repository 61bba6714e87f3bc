import { describe, expect, it } from 'vitest';
import {
  countNotPositive,
  hasGap,
  linesOf,
  type Source,
  steady,
  wholeRange,
  zoomed,
} from '../../../src/views/charts/content';
import { attempt, seriesAt } from '../../examples';

/** Trained to 30 and begun anew. */
const attempts = [
  attempt(1, { last_step: 30, x_end: 30 }),
  attempt(2, { last_step: 20, x_start: 30, x_end: 50 }),
];
const series = seriesAt([10, 20, 30, 40, 50], {
  step: [10, 20, 30, 10, 20],
  attempt: [1, 1, 1, 2, 2],
});
const training: Source = { name: 'Loss', tone: 'training', series };
const evaluation: Source = {
  name: 'Evaluation loss',
  tone: 'evaluation',
  series: seriesAt([30, 50], { step: [30, 20], attempt: [1, 2] }),
};

describe('The lines of a chart', () => {
  it('are one for a series, end to end', () => {
    expect(linesOf([training], 'accumulated', attempts, true)).toEqual([
      { name: 'Loss', tone: 'training', age: 0, series, x: series.x, first: 0, end: 5, smoothed: true },
    ]);
  });

  it('are one for each attempt where attempts are overlaid, the latest first', () => {
    const lines = linesOf([training], 'step', attempts, true);
    expect(lines.map(({ name, age, first, end }) => [name, age, first, end])).toEqual([
      ['attempt 2', 0, 3, 5],
      ['attempt 1', 1, 0, 3],
    ]);
  });

  it('are training and evaluation of the latest attempt before any other', () => {
    const lines = linesOf([training, evaluation], 'step', attempts, true);
    expect(lines.map(({ name }) => name)).toEqual([
      'Loss, attempt 2',
      'Evaluation loss, attempt 2',
      'Loss, attempt 1',
      'Evaluation loss, attempt 1',
    ]);
  });

  it('of schedules and evaluations are never smoothed', () => {
    const schedule: Source = { ...training, tone: 'schedule' };
    const smoothed = (sources: Source[], on: boolean) =>
      linesOf(sources, 'accumulated', attempts, on).map((line) => line.smoothed);
    expect(smoothed([training, evaluation, schedule], true)).toEqual([true, false, false]);
    expect(smoothed([training], false)).toEqual([false]);
  });

  it('have a gap between training and evaluation of one attempt', () => {
    const gap = (sources: Source[], axis: 'step' | 'accumulated') =>
      hasGap(linesOf(sources, axis, attempts, true), axis);
    expect(gap([training, evaluation], 'accumulated')).toBe(true);
    expect(gap([training, evaluation], 'step')).toBe(true);
    expect(gap([training], 'step')).toBe(false);
    const early = { ...evaluation, series: seriesAt([30]) };
    expect(gap([training, early], 'step')).toBe(false);
  });
});

describe('The range that shows everything', () => {
  it('reaches as far as the attempts do', () => {
    expect(wholeRange([seriesAt([20, 40])], 'accumulated', attempts, false)).toEqual({ min: 0, max: 50 });
    expect(wholeRange([seriesAt([20, 40])], 'step', attempts, false)).toEqual({ min: 0, max: 40 });
  });

  it('of a cropped chart begins with what it shows', () => {
    expect(wholeRange([seriesAt([20, 40])], 'accumulated', attempts, true)).toEqual({ min: 20, max: 50 });
  });

  it('is none where no point has a place', () => {
    expect(wholeRange([series], 'active', attempts, false)).toBeNull();
    expect(wholeRange([seriesAt([])], 'accumulated', attempts, false)).toBeNull();
  });

  it('is wide enough for a lone point', () => {
    expect(wholeRange([seriesAt([7])], 'wall', [attempt(1, {})], false)).toEqual({ min: 1006, max: 1008 });
  });
});

describe('A logarithmic axis', () => {
  it('leaves out zero and what is below', () => {
    const counted = (value: (number | null)[]) =>
      countNotPositive(
        linesOf([{ ...training, series: { ...series, value } }], 'accumulated', attempts, true),
      );
    expect(counted([0, -1, 2, null, 3])).toEqual({ left: 2, any: true });
    expect(counted([0, 0, 0, null, -3])).toEqual({ left: 4, any: false });
  });
});

describe('A zoom by keys', () => {
  const whole = { min: 0, max: 100 };

  it('keeps the place that is pointed at where it is', () => {
    expect(zoomed(whole, whole, 20, 0.5)).toEqual({ min: 10, max: 60 });
    expect(zoomed({ min: 10, max: 60 }, whole, 20, 2)).toBeNull();
  });

  it('is around the middle where nothing in sight is pointed at', () => {
    expect(zoomed(whole, whole, undefined, 0.5)).toEqual({ min: 25, max: 75 });
    expect(zoomed({ min: 40, max: 60 }, whole, 90, 0.5)).toEqual({ min: 45, max: 55 });
  });

  it('ends where everything is shown', () => {
    expect(zoomed({ min: 0, max: 40 }, whole, 10, 2)).toEqual({ min: 0, max: 70 });
    expect(zoomed({ min: 0, max: 90 }, whole, 50, 2)).toBeNull();
  });
});

describe('The range of a live chart', () => {
  it.each([
    [0, 30],
    [17, 4016],
    [1_795_400_000.5, 1_795_413_600.25],
    [0.25, 0.75],
  ])('from %d to %d holds all points and is at most a sixteenth wider', (min, max) => {
    const found = steady({ min, max });
    expect(found.min).toBeLessThanOrEqual(min);
    expect(found.max).toBeGreaterThanOrEqual(max);
    expect(found.max - found.min).toBeLessThanOrEqual((max - min) * (1 + 1 / 16));
  });

  it('stands still while points come, and moves on once it is full', () => {
    const ends = [...Array(200).keys()].map((more) => steady({ min: 0, max: 4000 + more }).max);
    expect([...new Set(ends)]).toEqual([4032, 4096, 4224]);
  });

  it('has both ends of a window of the latest points move on at once', () => {
    const shown = [...Array(200).keys()].map((more) => steady({ min: 1 + more, max: 4000 + more }, true));
    expect(shown.every(({ min, max }, more) => min <= 1 + more && max >= 4000 + more)).toBe(true);
    expect(new Set(shown.map(({ min, max }) => `${min} ${max}`)).size).toBe(4);
  });
});
