import { describe, expect, it } from 'vitest';
import { mergePoints } from '../../../src/model/task/series_merge';
import { columnsAt, seriesAt } from '../../examples';

describe('A delta of points', () => {
  it('goes behind the points that are there', () => {
    const merged = mergePoints(seriesAt([1, 2, 3]), columnsAt([4, 5], 5));
    expect(merged).toMatchObject({ kind: 'merged', series: { x: [1, 2, 3, 4, 5], total_points: 5 } });
  });

  it('doubles nothing where it begins with points that came with the series itself', () => {
    const merged = mergePoints(seriesAt([1, 2, 3]), columnsAt([2, 3, 4], 4));
    expect(merged).toMatchObject({ kind: 'merged', series: { x: [1, 2, 3, 4] } });
  });

  it('changes nothing where it is known already', () => {
    const series = seriesAt([1, 2, 3]);
    expect(mergePoints(series, columnsAt([3], 3))).toEqual({ kind: 'merged', series });
  });

  it('is a gap where points are missing in between', () => {
    expect(mergePoints(seriesAt([1, 2, 3]), columnsAt([6], 6))).toEqual({ kind: 'gap' });
  });

  it('is a gap where the series has become shorter', () => {
    expect(mergePoints(seriesAt([1, 2, 3]), columnsAt([1], 1))).toEqual({ kind: 'gap' });
  });

  it('keeps the marks of values that are not finite at their points', () => {
    const series = seriesAt([1, 2], { value: [null, 2], non_finite: [[0, 'nan']] });
    const delta = columnsAt([2, 3, 4], 4, { value: [2, 3, null], non_finite: [[2, 'inf']] });
    expect(mergePoints(series, delta)).toMatchObject({
      series: {
        value: [null, 2, 3, null],
        non_finite: [
          [0, 'nan'],
          [3, 'inf'],
        ],
      },
    });
  });

  it('connects to a series whose earliest points are cropped', () => {
    const series = seriesAt([8, 9], { total_points: 9, cropped_points: 7 });
    expect(mergePoints(series, columnsAt([10], 10))).toMatchObject({
      series: { x: [8, 9, 10], cropped_points: 7 },
    });
  });
});

describe('Cropping to the latest points', () => {
  const series = seriesAt([1, 2, 3], {
    non_finite: [
      [0, 'nan'],
      [2, 'inf'],
    ],
    cropped_points: 5,
  });

  it('counts what it leaves out and moves the marks along', () => {
    const delta = columnsAt([4, 5], 5, { non_finite: [[1, 'nan']] });
    expect(mergePoints(series, delta, 3)).toMatchObject({
      series: {
        x: [3, 4, 5],
        step: [3, 4, 5],
        cropped_points: 7,
        non_finite: [
          [0, 'inf'],
          [2, 'nan'],
        ],
      },
    });
  });

  it('may leave nothing of what was there', () => {
    expect(mergePoints(series, columnsAt([4, 5, 6], 6), 2)).toMatchObject({
      series: { x: [5, 6], value: [0.5, 0.6], cropped_points: 9, non_finite: [] },
    });
  });

  it('keeps the latest of both, however many there are of each and in whichever numbers', () => {
    for (let before = 0; before < 6; before += 1)
      for (let after = 1; after < 8; after += 1)
        for (let limit = 1; limit < 8; limit += 1) {
          const all = Array.from({ length: before + after }, (_, step) => step);
          const known = seriesAt(all.slice(0, before));
          const merged = mergePoints(known, columnsAt(all.slice(before), before + after), limit);
          expect(merged.kind === 'merged' && merged.series.x).toEqual(all.slice(-limit));
        }
  });
});
