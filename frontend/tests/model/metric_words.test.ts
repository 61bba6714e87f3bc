import { describe, expect, it } from 'vitest';
import { betterOf, titleOf, wordsOf } from '../../src/model/metric_words';

describe('The name of a metric', () => {
  it.each([
    ['loss', 'Loss'],
    ['eval_map', 'Evaluation mAP'],
    ['map', 'mAP'],
    ['episode_length', 'Episode length'],
    ['kl', 'KL'],
    ['rollout/ep_rew_mean', 'rollout/ep_rew_mean'],
    ['Loss_G', 'Loss_G'],
  ])('%s is written %s', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });

  it('is small within a line', () => {
    expect(wordsOf('eval_reward')).toBe('evaluation reward');
  });
});

describe('The better way', () => {
  it.each([
    ['reward', 'higher'],
    ['val/mIoU', 'higher'],
    ['reward_loss', 'lower'],
    ['eval_loss', 'lower'],
    ['learning_rate', null],
  ])('of %s is %s', (metric, better) => {
    expect(betterOf({ metric })).toBe(better);
  });

  it('is the server’s word where it has one', () => {
    expect(betterOf({ metric: 'loss', better: 'higher' })).toBe('higher');
    expect(betterOf({ metric: 'reward', better: null })).toBeNull();
  });
});
