import { describe, expect, it } from 'vitest';
import type { RailMark } from '../../src/chart/content';
import { railSigns, railText } from '../../src/chart/rail';
import { contentOf, frameFor } from './lines_for_tests';

const frame = frameFor(contentOf([], { range: { min: 0, max: 1000 } }));
const evaluations = (...places: readonly number[]): readonly RailMark[] =>
  places.map((x) => ({ type: 'eval', x, text: `evaluation at ${x}` }));

describe('The rail', () => {
  it('has a sign for each event that is in sight', () => {
    expect(railSigns(evaluations(-5, 0, 500, 1000, 1005), frame).map(({ pixel }) => pixel)).toEqual([
      54, 154, 254,
    ]);
  });

  it('makes one sign of those that would lie on each other, and counts none twice', () => {
    const many = evaluations(...Array.from({ length: 1001 }, (_, i) => i));
    const signs = railSigns(many, frame);
    expect(signs.length).toBeLessThanOrEqual(35);
    expect(signs.flatMap(({ texts }) => texts)).toEqual(many.map(({ text }) => text));
  });

  it('keeps types apart that fall on one place', () => {
    const both: readonly RailMark[] = [
      ...evaluations(500),
      { type: 'checkpoint', x: 500, text: 'checkpoint-500' },
    ];
    expect(railText(railSigns(both, frame), 155, 1)).toBe('evaluation at 500; checkpoint-500');
  });

  it('says of several what the first is, and how many more', () => {
    expect(railText(railSigns(evaluations(500, 501, 502), frame), 154, 1)).toBe(
      'evaluation at 500 (and 2 more)',
    );
  });

  it('says nothing far from all events', () => {
    expect(railText(railSigns(evaluations(500), frame), 180, 1)).toBe('');
  });
});
