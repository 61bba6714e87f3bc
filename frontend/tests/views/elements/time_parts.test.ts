import { describe, expect, it } from 'vitest';
import { goodput, partsOf, toldInWords } from '../../../src/views/elements/time_parts';

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

  it('says nothing in words of what would be 0 s', () => {
    const parts = partsOf({ ...NONE, training_s: 60, evaluation_s: 0.4, start_s: 0.6 });
    expect(parts.filter(toldInWords).map(({ name }) => name)).toEqual(['training', 'starting up']);
  });

  it('has a share that made new steps', () => {
    expect(goodput({ ...NONE, training_s: 60, repeated_s: 10, down_s: 10 })).toBe(0.75);
    expect(goodput(NONE)).toBeNull();
  });
});
