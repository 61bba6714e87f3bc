import { describe, expect, it } from 'vitest';
import { arranged, moved } from '../../../src/model/metrics/arrangement';

const first = ['loss', 'perplexity'] as const;
const others = ['grad_norm', 'learning_rate', 'eval_loss', 'speed'] as const;

describe('The order of the charts', () => {
  it('is the usual one until somebody moves one', () => {
    expect(arranged(others, [])).toEqual(others);
    expect(arranged(others, ['eval_loss'])).toEqual(['eval_loss', 'grad_norm', 'learning_rate', 'speed']);
  });

  it('changes by one place at a time', () => {
    const order = moved(others, [], 'eval_loss', -1);
    expect(arranged(others, order)).toEqual(['grad_norm', 'eval_loss', 'learning_rate', 'speed']);
  });

  it('leaves the other group alone', () => {
    const both = moved(others, moved(first, [], 'loss', 1), 'speed', -1);
    expect(arranged(first, both)).toEqual(['perplexity', 'loss']);
    expect(arranged(others, both)).toEqual(['grad_norm', 'learning_rate', 'speed', 'eval_loss']);
  });

  it('is nothing to be named once everything is back in its place', () => {
    expect(moved(others, moved(others, [], 'speed', -1), 'speed', 1)).toEqual([]);
  });

  it('ends at the ends', () => {
    expect(moved(first, [], 'loss', -1)).toEqual([]);
    expect(moved(first, ['perplexity'], 'loss', 1)).toEqual(['perplexity']);
  });
});
