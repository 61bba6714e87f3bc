/** What charts are called. */

import { named } from '../../base/visible';

/** The chart of whichever measure of speed a task has. */
export const SPEED = 'speed';
export const STEPS_PER_SECOND = 'steps_per_second';

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
  [STEPS_PER_SECOND]: 'steps/s',
};

/** As a heading says it, by what the server calls it. */
export function titleOf(metric: string, label = metric): string {
  const unit = SPEED_UNITS[metric];
  const known = unit === undefined ? TITLES[metric] : `${TITLES[SPEED]}, ${unit}`;
  if (known !== undefined) return known;
  // A tag of the trainer's own stays as it is, and so does an abbreviation.
  return label !== metric || /^[a-z0-9_]+$/.test(metric)
    ? capitalized(named(label.replaceAll('_', ' ')))
    : named(label);
}

function capitalized(words: string): string {
  return /^[a-z](?:[a-z]| |$)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}
