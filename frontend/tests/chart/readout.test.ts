import { describe, expect, it } from 'vitest';
import { nonFiniteText, readoutAt } from '../../src/chart/readout';
import { chartSummary } from '../../src/chart/summary';
import { seriesAt } from '../examples';

const series = seriesAt([10, 20, 30], {
  value: [2, null, 1.5],
  smoothed: [2, null, 1.75],
  attempt: [1, 1, 2],
  non_finite: [[1, 'nan']],
});

describe('The readout', () => {
  it('gives step, attempt, raw and smoothed value, and time of a point', () => {
    expect(readoutAt(series, 2)).toEqual({
      step: 30,
      attempt: 2,
      raw: '1.5',
      smoothed: '1.75',
      wallTime: 1030,
    });
  });

  it('names a value that is not finite', () => {
    expect(readoutAt(series, 1)).toMatchObject({ raw: 'NaN', smoothed: '–' });
  });

  it('gives no time where nobody wrote one down', () => {
    const untimed = seriesAt([10], { wall_time: [0] });
    expect(readoutAt(untimed, 0)).toMatchObject({ step: 10, wallTime: null });
  });

  it('is empty beyond the points', () => {
    expect(readoutAt(series, 3)).toBeNull();
  });
});

describe('Values that are not finite', () => {
  it('are counted by kind', () => {
    const marks = {
      non_finite: [
        [0, 'nan'],
        [2, 'inf'],
        [5, 'nan'],
        [6, '-inf'],
      ] as const,
    };
    expect(nonFiniteText(marks)).toBe('2 NaN, 1 ∞, 1 −∞');
  });

  it('are not mentioned where there are none', () => {
    expect(nonFiniteText({ non_finite: [] })).toBe('');
  });
});

describe('The summary for those who do not see the chart', () => {
  it('says how many points, the last, lowest and highest value, and what is not finite', () => {
    expect(chartSummary('Loss', series)).toBe(
      'Loss: 3 points in 2 attempts, up to step 30; last 1.5, lowest 1.5, highest 2; 1 NaN.',
    );
  });

  it('says so when there is nothing', () => {
    expect(chartSummary('Loss', seriesAt([]))).toBe('Loss: no points yet.');
  });
});
