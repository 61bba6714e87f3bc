import { describe, expect, it } from 'vitest';
import { shortened, visible } from '../../src/base/visible';

describe('A name', () => {
  it.each([
    ['bert-base', 'bert-base'],
    ['lernrate 1e−3, größer', 'lernrate 1e−3, größer'],
    [' ', '“ ”'],
    ['', '“”'],
    ['a\u202Eexe.txt', 'a\uFFFDexe.txt'],
    ['two\nlines\u0000', 'two\uFFFDlines\uFFFD'],
  ])('%j is shown as %j', (name, shown) => {
    expect(visible(name)).toBe(shown);
  });

  it('without an end is shortened in the middle', () => {
    const short = shortened(`first${'x'.repeat(5000)}last`);
    expect(short.length).toBeLessThan(100);
    expect(short).toMatch(/^first.*…x*last$/);
    expect(shortened('short')).toBe('short');
  });
});
