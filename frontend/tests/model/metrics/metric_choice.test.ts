import { describe, expect, it } from 'vitest';
import {
  choose,
  firstCharts,
  foldedCharts,
  liveNumbers,
  metricOf,
  otherMetrics,
} from '../../../src/model/metrics/metric_choice';
import { DEFAULT_VIEW } from '../../../src/model/view/view_values';
import { wantedMetrics } from '../../../src/model/view/wanted';
import { metric, task } from '../../examples';

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
    expect(wantedMetrics(offering, { ...DEFAULT_VIEW })).toEqual(['loss']);
  });

  it('is fetched once the reader wants it all the same', () => {
    expect(wantedMetrics(offering, { ...DEFAULT_VIEW, anyway: ['perplexity'] })).toEqual([
      'loss',
      'perplexity',
    ]);
  });
});

describe('Training and evaluation together', () => {
  const both = task({ metrics: ['loss', 'eval_loss'].map((name) => metric(name)) });

  it('are fetched for one chart, once', () => {
    expect(wantedMetrics(both, { ...DEFAULT_VIEW, together: true })).toEqual(['loss', 'eval_loss']);
    expect(wantedMetrics(both, { ...DEFAULT_VIEW, together: true, open: ['other'] })).toEqual([
      'loss',
      'eval_loss',
    ]);
  });

  it('cost nothing while that chart is folded', () => {
    expect(wantedMetrics(both, { ...DEFAULT_VIEW, together: true, folded: ['loss'] })).toEqual([]);
  });
});

describe('A measure of speed that leads by its own name', () => {
  const both = task({
    lead: ['loss', 'perplexity', 'tokens_per_second'],
    metrics: ['loss', 'perplexity', 'tokens_per_second'].map((name) => metric(name)),
  });
  const robot = task({
    kind: 'rl_control',
    lead: ['reward', 'env_fps'],
    metrics: ['reward', 'env_fps'].map((name) => metric(name)),
  });

  it('is not shown twice', () => {
    expect(liveNumbers(both, [])).toEqual(['loss', 'learning_rate', 'speed', 'perplexity']);
    expect(foldedCharts(both, [])).not.toContain('speed');
    expect(foldedCharts(both, ['tokens_per_second'])).not.toContain('speed');
    expect(firstCharts(robot, ['speed'])).toEqual(['speed', 'reward']);
    expect(foldedCharts(robot, [])).toEqual([]);
    expect(liveNumbers(robot, [])).toEqual(['reward', 'env_fps']);
  });
});

describe('Folded charts', () => {
  const rich = task({ metrics: ['loss', 'grad_norm', 'a/b', 'a/c'].map((name) => metric(name)) });

  it('are not fetched', () => {
    expect(wantedMetrics(rich, { ...DEFAULT_VIEW, open: ['a/b'] })).toEqual(['loss']);
  });

  it('are fetched once unfolded, the others still not', () => {
    expect(wantedMetrics(rich, { ...DEFAULT_VIEW, open: ['other', 'a/b'] })).toEqual([
      'loss',
      'grad_norm',
      'a/b',
    ]);
  });

  it('are not fetched either where the reader folded a main chart', () => {
    expect(wantedMetrics(rich, { ...DEFAULT_VIEW, open: ['other'], folded: ['loss'] })).toEqual([
      'grad_norm',
    ]);
  });

  it('are never more than the server answers at once', () => {
    const many = Array.from({ length: 100 }, (_, index) => `m${index}`);
    const huge = task({ metrics: many.map((name) => metric(name)) });
    expect(wantedMetrics(huge, { ...DEFAULT_VIEW, open: ['other', ...many] })).toHaveLength(64);
  });

  it('hold every scalar that no main chart shows', () => {
    expect(names(otherMetrics(rich))).toEqual(['a/b', 'a/c']);
  });
});

describe('What leads', () => {
  const logged = (...all: string[]) => all.map((name) => metric(name));

  it('is a language model’s loss and perplexity also where nothing is logged yet; of others, one chart', () => {
    expect(firstCharts(task({ lead: [], kind: 'unknown' }), [])).toEqual(['loss']);
    expect(firstCharts(task({ lead: ['reward'], kind: 'rl_control' }), [])).toEqual(['reward']);
    expect(firstCharts(task(), [])).toEqual(['loss', 'perplexity']);
    expect(foldedCharts(task(), [])).toEqual(['grad_norm', 'learning_rate', 'eval_loss', 'speed']);
  });

  const robot = task({
    kind: 'rl_control',
    lead: ['reward', 'eval_reward', 'episode_length'],
    metrics: logged('loss', 'reward', 'episode_length', 'learning_rate', 'aux/z'),
  });

  it('is what the server says of a training of its kind, as far as it was logged', () => {
    expect(firstCharts(robot, [])).toEqual(['reward', 'episode_length']);
    expect(foldedCharts(robot, [])).toEqual(['loss', 'learning_rate']);
    expect(names(otherMetrics(robot))).toEqual(['aux/z']);
    expect(liveNumbers(robot, [])).toEqual(['reward', 'episode_length', 'loss', 'learning_rate']);
  });

  it('comes after what the reader has pinned', () => {
    expect(firstCharts(robot, ['aux/z', 'gone'])).toEqual(['aux/z', 'reward', 'episode_length']);
    expect(liveNumbers(robot, ['aux/z'])[0]).toBe('aux/z');
    expect(otherMetrics(robot, ['aux/z'])).toEqual([]);
  });

  it('is filled up so that no chart on top is empty', () => {
    const gan = task({
      kind: 'gan',
      lead: ['fid'],
      metrics: [
        ...logged('errD'),
        metric('errG', { points: 9 }),
        metric('final', { role: 'final', points: 99 }),
      ],
    });
    expect(firstCharts(gan, [])).toEqual(['errG', 'errD']);
  });

  it('leaves what is only offered behind the fold where it says nothing of the kind', () => {
    const offered = [{ metric: 'perplexity', why: 'It may mean nothing.' }];
    const unknown = task({
      kind: 'unknown',
      lead: ['loss', 'eval_loss'],
      metrics: logged('loss', 'a/b'),
      offered,
    });
    expect(firstCharts(unknown, [])).toEqual(['loss', 'a/b']);
    expect(foldedCharts(unknown, [])).toEqual(['perplexity']);
  });

  it('keeps the places of a language model’s charts, whose absence says something', () => {
    const model = task({ kind: 'language_model', lead: ['loss', 'perplexity'], metrics: logged('loss') });
    expect(firstCharts(model, [])).toEqual(['loss', 'perplexity']);
    expect(liveNumbers(model, [])).toEqual(['loss', 'learning_rate', 'speed']);
  });
});
