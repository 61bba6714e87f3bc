import { describe, expect, it } from 'vitest';
import { sparkPaths } from '../../../src/views/elements/sparkline';

describe('A small curve', () => {
  it('goes from edge to edge, the lowest value below', () => {
    const { curve, crosses } = sparkPaths([2, 1, 2]);
    expect([curve, crosses]).toEqual(['M3 3h0L56 23L109 3', '']);
  });

  it('is broken where a value is not finite, with a cross there', () => {
    const { curve, crosses } = sparkPaths([1, null, 1]);
    expect(curve).toBe('M3 13h0M109 13h0');
    expect(crosses).toBe('M54 21l4 4m0-4l-4 4');
  });

  it('has only crosses where nothing is finite, and nothing where there is nothing', () => {
    expect(sparkPaths([null, null]).curve).toBe('');
    expect(sparkPaths([])).toEqual({ curve: '', crosses: '' });
  });
});
