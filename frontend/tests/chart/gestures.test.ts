import { describe, expect, it } from 'vitest';
import { panned } from '../../src/chart/gestures';

const frame = { left: 50, right: 250, range: { min: 400, max: 600 } };

describe('Panning', () => {
  it('moves the range by what the hand moved', () => {
    expect(panned(frame, 50, { min: 0, max: 1000 })).toEqual({ min: 450, max: 650 });
    expect(panned(frame, -100, { min: 0, max: 1000 })).toEqual({ min: 300, max: 500 });
  });

  it('ends where there is nothing more, without a change of the scale', () => {
    expect(panned(frame, 5000, { min: 0, max: 1000 })).toEqual({ min: 800, max: 1000 });
    expect(panned(frame, -5000, { min: 0, max: 1000 })).toEqual({ min: 0, max: 200 });
  });

  it('does not jump where the range reaches beyond everything already', () => {
    expect(panned(frame, 10, { min: 450, max: 550 })).toEqual(frame.range);
  });
});
