import { describe, expect, it } from 'vitest';
import { piecesAmong } from '../../../src/model/list/name_pieces';

/** "sweep/(lr1e-3)/v0": what is a name's own stands in brackets. */
function marked(...names: string[]): string[] {
  const pieces = piecesAmong(names);
  return names.map((name) =>
    pieces(name)
      .map(({ text, isShared }) => (isShared ? text : `(${text})`))
      .join(''),
  );
}

describe('What names share', () => {
  it('is cut off at whole words, on both sides', () => {
    expect(marked('runs/bert_small', 'runs/bert_large')).toEqual(['runs/bert_(small)', 'runs/bert_(large)']);
    expect(marked('gpt2', 'gpt3')).toEqual(['(gpt2)', '(gpt3)']);
    expect(marked('a/b/x/tb', 'a/c/tb')).toEqual(['a/(b/x/)tb', 'a/(c/)tb']);
  });

  it('leaves numbers whole', () => {
    expect(marked('sweep/lr1e-3/v0', 'sweep/lr1e-4/v0')).toEqual(['sweep/(lr1e-3/)v0', 'sweep/(lr1e-4/)v0']);
    expect(marked('lr=0.0001__seed=1', 'lr=0.0003__seed=1')).toEqual([
      '(lr=0.0001__)seed=1',
      '(lr=0.0003__)seed=1',
    ]);
  });

  it('may lie between what differs', () => {
    expect(marked('llama-r8-bs128-seq4096-run7', 'llama-r64-bs128-seq4096-run8')).toEqual([
      'llama-(r8-)bs128-seq4096-(run7)',
      'llama-(r64-)bs128-seq4096-(run8)',
    ]);
  });

  it('is no piece of two letters between what differs', () => {
    expect(marked('lr3-x-seed1', 'lr4-x-seed2')).toEqual(['(lr3-x-seed1)', '(lr4-x-seed2)']);
    expect(marked('x-lr3', 'x-lr4')).toEqual(['x-(lr3)', 'x-(lr4)']);
  });

  it('leaves something of each name', () => {
    expect(marked('a/', 'a/b')).toEqual(['(a/)', 'a/(b)']);
    expect(marked('x/y', 'x/y')).toEqual(['(x/y)', '(x/y)']);
    expect(marked('alone')).toEqual(['(alone)']);
    for (const names of [
      ['a', 'a'],
      ['a_a', 'a_a_a'],
      ['', 'x'],
      ['a_b_a', 'a_a'],
    ]) {
      const pieces = piecesAmong(names);
      for (const name of names) {
        const found = pieces(name);
        expect(found.map(({ text }) => text).join('')).toBe(name);
        expect(found.some(({ isShared }) => !isShared)).toBe(true);
      }
    }
  });
});
