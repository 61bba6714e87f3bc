/** What metrics are called, and which way they get better. */

import type { Metric } from '../wire/messages';

/** The chart of whichever measure of speed a task has. */
export const SPEED = 'speed';

const TITLES: Readonly<Record<string, string>> = {
  loss: 'Loss',
  perplexity: 'Perplexity',
  grad_norm: 'Gradient norm',
  learning_rate: 'Learning rate',
  eval_loss: 'Evaluation loss',
  [SPEED]: 'Speed',
};

/** Measures of speed, the most telling first, each with its unit. */
export const SPEED_UNITS: Readonly<Record<string, string>> = {
  samples_per_second: 'samples/s',
  tokens_per_second: 'tokens/s',
  env_fps: 'env frames/s',
  frames_per_second: 'frames/s',
  steps_per_second: 'steps/s',
};

/** Words that are not written as they are spelled in a name. */
const SPELLED: Readonly<Record<string, string>> = {
  eval: 'evaluation',
  fid: 'FID',
  fps: 'FPS',
  iou: 'IoU',
  kl: 'KL',
  map: 'mAP',
  mfu: 'MFU',
  miou: 'mIoU',
  wer: 'WER',
};

/** `eval_map` reads "Evaluation mAP". A tag of the trainer's own stays as it is. */
export function titleOf(metric: string): string {
  const known = TITLES[metric];
  if (known !== undefined || !/^[a-z0-9_]+$/.test(metric)) return known ?? metric;
  const words = wordsOf(metric);
  return words.charAt(0) === 'm' && words.startsWith('mAP')
    ? words
    : words.charAt(0).toUpperCase() + words.slice(1);
}

/** The same within a line: "reward", "mAP", "evaluation loss". */
export function wordsOf(metric: string): string {
  if (!/^[a-z0-9_]+$/.test(metric)) return metric;
  return metric
    .split('_')
    .map((word) => SPELLED[word] ?? word)
    .join(' ');
}

const HIGHER =
  /^(reward|return|score|accuracy|acc|top1|top5|map|miou|iou|dice|f1|bleu|rouge|auc|success|winrate|wins?|precision|recall|psnr|ssim|mfu)$/i;
const LOWER = /^(loss|perplexity|ppl|error|err|wer|cer|fid|rmse|mse|mae|nll)$/i;

/** Which way is the better one, where that is known. */
export function betterOf({ metric, better }: Pick<Metric, 'metric' | 'better'>): 'higher' | 'lower' | null {
  if (better !== undefined) return better;
  const words = metric.split(/[^a-zA-Z0-9]+/);
  if (words.some((word) => LOWER.test(word))) return 'lower';
  return words.some((word) => HIGHER.test(word)) ? 'higher' : null;
}
