import { describe, expect, it } from 'vitest';
import { readHash, writeHash } from '../../src/base/hash';

describe('The URL hash', () => {
  it('gives our values and leaves out those of others', () => {
    expect(readHash('#trainmon&p.trainmon.task=a%2Fb&p.other.task=c&tagFilter=x')).toEqual({ task: 'a/b' });
  });

  it('reads back what it wrote, whatever the characters', () => {
    const values = { task: 'a&b=c %/ü', ema: '0.6' };
    expect(readHash(writeHash('#trainmon', values))).toEqual(values);
  });

  it("keeps TensorBoard's part and that of other plugins", () => {
    const hash = writeHash('#trainmon&p.other.x=1&p.trainmon.task=old', { task: 'new' });
    expect(hash).toBe('#trainmon&p.other.x=1&p.trainmon.task=new');
  });

  it('drops a value that is no longer set', () => {
    expect(writeHash('#trainmon&p.trainmon.total=5', {})).toBe('#trainmon');
  });

  it('takes a lone percent sign as it stands', () => {
    expect(readHash('#p.trainmon.task=100%')).toEqual({ task: '100%' });
  });
});
