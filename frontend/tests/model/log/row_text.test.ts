import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdsAll, rowText, type SearchedRow, wordsOf } from '../../../src/model/log/row_text';

/** The server's tests read the same file. */
const TOLD = join(import.meta.dirname, '../../../../tests/fixtures/row_texts.json');
const told = JSON.parse(readFileSync(TOLD, 'utf8')) as { row: SearchedRow; text: string }[];

const row: SearchedRow = {
  type: 'step',
  attempt: 1,
  step: 1240,
  message: 'Warm-up ended',
  metrics: { loss: 2.051264 },
};
const found = (search: string) => holdsAll(row, wordsOf(search));

describe('The text of a row', () => {
  it("is the server's", () => {
    expect(told.length).toBeGreaterThan(4);
    for (const { row, text } of told) expect(rowText(row)).toBe(text);
  });
});

describe('A search', () => {
  it.each(['', 'STEP', '1,240', '2.0513', 'warm loss', '  #1  124 '])('finds the row by %j', (search) => {
    expect(found(search)).toBe(true);
  });

  it.each(['eval', 'loss nothing', '2.05126', '#2'])('does not find it by %j', (search) => {
    expect(found(search)).toBe(false);
  });

  it('takes no attempt for another', () => {
    expect(holdsAll({ ...row, attempt: 12 }, ['#1'])).toBe(false);
    expect(holdsAll({ ...row, attempt: 12 }, ['#12'])).toBe(true);
  });
});
