import { describe, expect, it } from 'vitest';
import { shortened, visible, visibleText } from '../../src/base/visible';

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

  it.each([
    ['loss 2.1\n\tand lines', 'loss 2.1\n\tand lines'],
    ['مى\u200cخواهم \u{1f469}\u200d\u{1f4bb}', 'مى\u200cخواهم \u{1f469}\u200d\u{1f4bb}'],
    ['done\u202e.detaler\u001b[31m', 'done\ufffd.detaler\ufffd[31m'],
  ])('and what was said, %j, is shown as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('without an end is shortened in the middle', () => {
    const short = shortened(`first${'x'.repeat(5000)}last`);
    expect(short.length).toBeLessThan(100);
    expect(short).toMatch(/^first.*…x*last$/);
    expect(shortened('short')).toBe('short');
  });
});
