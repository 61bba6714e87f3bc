import { beforeEach, describe, expect, it } from 'vitest';
import { freeColumns, takeColumn } from '../../src/chart/columns';

beforeEach(freeColumns);

describe('Room for columns', () => {
  it('is used again by the next drawing', () => {
    takeColumn(100);
    freeColumns();
    const first = takeColumn(3).fill(1);
    freeColumns();
    expect([...takeColumn(3)]).toEqual([...first]);
  });

  it('is never shared by two columns of one drawing, however large they grow', () => {
    const columns = [2, 50, 1_000_000].map((length, index) => takeColumn(length).fill(index));
    expect(columns.map((column) => new Set(column))).toEqual([new Set([0]), new Set([1]), new Set([2])]);
  });
});
