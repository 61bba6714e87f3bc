import { describe, expect, it } from 'vitest';
import { messageInLine, metricsInLine } from '../../../src/views/log/row';

const named = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`layer${at}/weight`, at / 8]));

describe('The line of a log row', () => {
  it('has every metric where there are few', () => {
    const { shown, more } = metricsInLine({ metrics: { loss: 0.5, note: 'NaN', gone: null } });
    expect(shown).toEqual([
      ['loss', '0.5'],
      ['note', 'NaN'],
      ['gone', '–'],
    ]);
    expect(more).toBe(0);
  });

  it('has of hundreds those that may be seen, and says how many more there are', () => {
    const { shown, more } = metricsInLine({ metrics: named(300) });
    expect(shown.length).toBeLessThan(40);
    expect(shown.length + more).toBe(300);
    expect(shown.flat().join('').length).toBeGreaterThan(180);
  });

  it('keeps its message apart from the metrics behind it, and tells none twice', () => {
    expect(messageInLine({ message: 'x', metrics: { loss: 1 } })).toBe('x\u2003');
    expect(messageInLine({ message: 'loss 1', metrics: { loss: 1 } })).toBe('');
    expect(messageInLine({ message: '', metrics: { loss: 1 } })).toBe('');
  });
});
