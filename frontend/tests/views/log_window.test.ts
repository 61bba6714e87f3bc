import { describe, expect, it } from 'vitest';
import { addedAbove, isNearEnd, rowHeightFor, rowsInSight } from '../../src/views/log_window';
import { row } from '../examples';

const window = (top: number) => ({ top, height: 280, rowHeight: 28 });

describe('The window on the log', () => {
  it('draws what is in sight and a margin beyond', () => {
    expect(rowsInSight(window(2800))).toEqual([92, 118]);
  });

  it('begins with the first row', () => {
    expect(rowsInSight(window(0))[0]).toBe(0);
  });

  it('asks for older rows before their end is in sight, but not before the reader scrolls', () => {
    expect([isNearEnd(window(2800), 125), isNearEnd(window(2800), 200), isNearEnd(window(0), 10)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('has taller rows where they stand on two lines', () => {
    expect(rowHeightFor(360)).toBeGreaterThan(rowHeightFor(1280));
  });
});

describe('New rows', () => {
  it('are counted above the one that was the topmost', () => {
    expect(addedAbove([row(5), row(4), row(3)], '3')).toBe(2);
  });

  it('cannot be counted where that one is gone', () => {
    expect(addedAbove([row(5)], '3')).toBeNull();
  });
});
