import { describe, expect, it } from 'vitest';
import {
  DEFAULT_VIEW,
  hashFromView,
  isLogarithmic,
  type ViewValues,
  viewFromHash,
} from '../../../src/model/view/view_values';

describe('The view in the URL', () => {
  it('is empty for the usual view', () => {
    expect(hashFromView(DEFAULT_VIEW)).toEqual({});
    expect(viewFromHash({})).toEqual(DEFAULT_VIEW);
  });

  it('comes back exactly', () => {
    const view: ViewValues = {
      task: 'runs/a,b&c',
      find: 'bert 50%',
      statuses: ['running', 'failed'],
      ema: 0.95,
      ma: 1,
      history: 'all',
      axis: 'step',
      range: { min: 12.5, max: 1e6 },
      log: ['*', 'train/a,b'],
      together: true,
      expected: true,
      order: ['perplexity', 'loss'],
      large: 'train/a,b',
      folded: ['speed'],
      open: ['other', 'train/a,b', '100%'],
      anyway: ['perplexity'],
      alarmed: true,
      sort: '-step',
      grouped: true,
      foldedGroups: ['runs/a,b'],
      pinned: ['rollout/reward'],
      insight: 'nan_loss-1-40',
      muted: ['plateau-1-200'],
      total: 5000,
      types: ['eval', 'checkpoint'],
      logSearch: '#2 loss 2.05',
    };
    expect(viewFromHash(hashFromView(view))).toEqual(view);
  });

  it.each([
    { ema: '1' },
    { ema: 'much' },
    { ema: '' },
    { ma: '0' },
    { ma: '2.5' },
    { total: '-3' },
    { x: '5~5' },
    { x: 'a~b' },
    { x: '7' },
    { view: 'some' },
    { axis: 'moon' },
    { types: 'nonsense' },
    { status: 'asleep' },
  ])('falls back to the usual where somebody typed %j', (values) => {
    expect(viewFromHash(values)).toEqual(DEFAULT_VIEW);
  });
});

describe('A logarithmic axis', () => {
  it("is a chart's own, or every chart's but those that are named", () => {
    const charts = ['loss', 'speed'];
    const logarithmic = (log: string[]) => charts.filter((metric) => isLogarithmic({ log }, metric));
    expect([[], ['loss'], ['*'], ['*', 'loss']].map(logarithmic)).toEqual([[], ['loss'], charts, ['speed']]);
  });
});
