import { describe, expect, it } from 'vitest';
import { goodput, loggedText, partsOf } from '../../../src/views/elements/time_parts';

const NONE = {
  training_s: 0,
  evaluation_s: 0,
  checkpoint_s: 0,
  stalled_s: 0,
  repeated_s: 0,
  down_s: 0,
  start_s: 0,
};

describe('Where the time went', () => {
  it('names the parts that took any', () => {
    const parts = partsOf({ ...NONE, training_s: 60, down_s: 20 });
    expect(parts.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['training', 60],
      ['not running', 20],
    ]);
  });

  it('has a share that made new steps', () => {
    expect(goodput({ ...NONE, training_s: 60, repeated_s: 10, down_s: 10 })).toBe(0.75);
    expect(goodput(NONE)).toBeNull();
  });
});

describe('The trainer’s own figure', () => {
  it('says whose it is, and what it lost', () => {
    const logged = { tag: 'goodput/goodput', goodput: 0.81, badput: { tpu_initialization: 0.06 } };
    expect(loggedText(logged)).toBe(
      'The trainer’s own figure (goodput/goodput): 81%; lost to tpu initialization 6%',
    );
    expect(loggedText({ ...logged, badput: {} })).toMatch(/: 81%$/);
  });
});
