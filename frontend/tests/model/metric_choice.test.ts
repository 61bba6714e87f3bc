import { describe, expect, it } from 'vitest';
import { choose, metricOf, otherMetrics } from '../../src/model/metric_choice';
import { wantedMetrics } from '../../src/model/wanted';
import { metric, task } from '../examples';

const names = (metrics: readonly { metric: string }[]) => metrics.map((one) => one.metric);

describe('The chart of speed', () => {
  it('shows samples per second before any other measure', () => {
    const both = task({ metrics: [metric('steps_per_second'), metric('samples_per_second')] });
    expect(metricOf(choose(both, 'speed'), [])).toBe('samples_per_second');
  });

  it('falls back to what there is', () => {
    expect(metricOf(choose(task({ metrics: [metric('env_fps')] }), 'speed'), [])).toBe('env_fps');
  });
});

describe('A metric that is only offered', () => {
  const offering = task({
    metrics: [metric('loss')],
    offered: [{ metric: 'perplexity', why: 'It may mean nothing.' }],
  });

  it('is not fetched by itself', () => {
    expect(wantedMetrics(offering, { open: [], anyway: [] })).toEqual(['loss']);
  });

  it('is fetched once the reader wants it all the same', () => {
    expect(wantedMetrics(offering, { open: [], anyway: ['perplexity'] })).toEqual(['loss', 'perplexity']);
  });
});

describe('Folded charts', () => {
  const rich = task({ metrics: ['loss', 'grad_norm', 'a/b', 'a/c'].map((name) => metric(name)) });

  it('are not fetched', () => {
    expect(wantedMetrics(rich, { open: ['a/b'], anyway: [] })).toEqual(['loss']);
  });

  it('are fetched once unfolded, the others still not', () => {
    expect(wantedMetrics(rich, { open: ['other', 'a/b'], anyway: [] })).toEqual(['loss', 'grad_norm', 'a/b']);
  });

  it('are never more than the server answers at once', () => {
    const many = Array.from({ length: 100 }, (_, index) => `m${index}`);
    const huge = task({ metrics: many.map((name) => metric(name)) });
    expect(wantedMetrics(huge, { open: ['other', ...many], anyway: [] })).toHaveLength(64);
  });

  it('hold every scalar that no main chart shows', () => {
    expect(names(otherMetrics(rich))).toEqual(['a/b', 'a/c']);
  });
});
