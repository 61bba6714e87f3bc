import { describe, expect, it } from 'vitest';
import { titleOf } from '../../../src/model/metrics/metric_words';

describe('The title of a chart', () => {
  it.each([
    ['loss', 'loss', 'Loss'],
    ['eval_map', 'eval mAP', 'Eval mAP'],
    ['map', 'mAP', 'mAP'],
    ['kl', 'KL', 'KL'],
    ['episode_length', 'episode_length', 'Episode length'],
    ['rollout/ep_rew_mean', 'rollout/ep_rew_mean', 'rollout/ep_rew_mean'],
    ['env_fps', 'env fps', 'Speed, env frames/s'],
    ['Loss_G', 'Loss_G', 'Loss_G'],
  ])('of %s, which is called %s, is %s', (metric, label, title) => {
    expect(titleOf(metric, label)).toBe(title);
  });
});
