import { describe, expect, it } from 'vitest';
import { PLAIN, shownText, sourceText } from '../../../src/views/charts/shown_text';
import { seriesAt } from '../../examples';

const long = seriesAt(
  Array.from({ length: 4000 }, (_, index) => index),
  {
    cropped_points: 14_231,
    total_points: 18_231,
    non_finite: [
      [1, 'nan'],
      [2, 'nan'],
      [3, 'nan'],
    ],
  },
);

describe('The line under a chart', () => {
  it('says what is cropped and what is not finite', () => {
    expect(shownText(long, 'latest', null)).toBe('latest 4,000 of 18,231 points, earliest cropped; 3 NaN');
  });

  it('says how a whole history was thinned', () => {
    expect(shownText({ ...long, non_finite: [] }, 'all', null)).toBe(
      '4,000 of 18,231 points, lowest and highest of each bucket kept',
    );
  });

  it('says that a zoomed stretch is shown down to every point', () => {
    expect(shownText(seriesAt([1, 2, 3]), 'stretch', null)).toBe('all 3 points of this stretch');
  });

  it("adds the metric's note", () => {
    expect(shownText(seriesAt([1, 2]), 'latest', 'exp(loss); not logged')).toBe(
      'all 2 points; exp(loss); not logged',
    );
  });

  it('says what a logarithmic axis leaves out', () => {
    const two = seriesAt([1, 2]);
    expect(shownText(two, 'latest', null, { ...PLAIN, notPositive: 1 })).toBe(
      'all 2 points; 1 value ≤ 0 left out',
    );
    expect(shownText(two, 'latest', null, { ...PLAIN, notPositive: 2, nothingPositive: true })).toBe(
      'all 2 points; no value above 0, so the axis is linear',
    );
  });

  it('says what is not smoothed although smoothing is on', () => {
    expect(shownText(seriesAt([1, 2]), 'latest', null, { ...PLAIN, unsmoothed: ['evaluation'] })).toBe(
      'all 2 points; evaluation as logged, not smoothed',
    );
  });

  it('has a word for one point and for none', () => {
    expect([shownText(seriesAt([1]), 'latest', null), shownText(seriesAt([]), 'latest', null)]).toEqual([
      '1 point, all there is',
      'no points',
    ]);
  });

  it('names the tag and, where it has a name, the run', () => {
    expect([sourceText({ tag: 'loss', run: '.' }), sourceText({ tag: 'loss', run: 'tb' })]).toEqual([
      'loss',
      'loss in tb',
    ]);
  });
});
