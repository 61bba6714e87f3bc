import { describe, expect, it } from 'vitest';
import { movedBy } from '../../../src/views/elements/list_keys';
import {
  boxHeight,
  type LogWindow,
  rowAt,
  rowHeightFor,
  rowsInSight,
  scrollTo,
  stretchOf,
  TALLEST,
} from '../../../src/views/elements/list_window';

const window = (scroll: number, rows = 100_000): LogWindow => ({ scroll, height: 280, rowHeight: 28, rows });

describe('The window on the log', () => {
  it('draws what is in sight and a margin beyond, where it lies', () => {
    expect(rowsInSight(window(2800))).toEqual([92, 118, 92 * 28]);
  });

  it('draws what is in sight alone where nobody is about to scroll', () => {
    expect(rowsInSight(window(0), 0)).toEqual([0, 10, 0]);
  });

  it('begins with the first row and ends with the last', () => {
    expect(rowsInSight(window(0))[0]).toBe(0);
    expect(rowsInSight(window(0, 5))).toEqual([0, 5, 0]);
    expect(rowsInSight(window(28 * 100_000 - 280))[1]).toBe(100_000);
  });

  it('has taller rows where they stand on two lines', () => {
    expect(rowHeightFor(360)).toBeGreaterThan(rowHeightFor(1280));
  });

  it('knows the row under the pointer', () => {
    expect(rowAt(window(2800), 30)).toBe(101);
    expect(rowAt(window(0, 3), 100)).toBeNull();
  });

  it('moves as little as possible to show a row', () => {
    expect(scrollTo(window(2800), 105)).toBe(2800);
    expect(scrollTo(window(2800), 50)).toBe(1400);
    expect(scrollTo(window(2800), 110)).toBe(2800 + 28);
  });
});

describe('A log of millions of rows', () => {
  const rows = 2_000_000;
  const last = TALLEST - 280;

  it('is no taller than a browser can lay out', () => {
    expect(boxHeight(window(0, rows))).toBe(TALLEST);
    expect(stretchOf(window(0, rows))).toBeGreaterThan(6);
  });

  it('ends with its last row all the same, at the lower edge', () => {
    const [first, end, offset] = rowsInSight(window(last, rows));
    expect(end).toBe(rows);
    expect(offset + (end - first) * 28).toBeCloseTo(TALLEST, 3);
  });

  it('shows any row that is scrolled to', () => {
    const index = 1_234_567;
    const at = window(scrollTo(window(0, rows), index), rows);
    const [first, end] = rowsInSight(at);
    expect(first <= index && index < end).toBe(true);
    expect(rowAt(at, 279)).toBe(index);
  });
});

describe('A key', () => {
  it('moves by a row, a page, or to an end', () => {
    const at = (key: string) => movedBy(key, 50, window(1400));
    expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map(at)).toEqual([
      51, 49, 59, 41, 0, 99_999,
    ]);
    expect(at('x')).toBeNull();
  });

  it('begins with what is in sight', () => {
    expect(movedBy('ArrowDown', null, window(2800))).toBe(100);
    expect(movedBy('End', null, window(2800))).toBe(99_999);
  });

  it('stays within the rows', () => {
    expect(movedBy('ArrowDown', 4, window(0, 5))).toBe(4);
    expect(movedBy('ArrowDown', null, window(0, 0))).toBeNull();
  });
});
