import { describe, expect, it } from 'vitest';
import { accumulatedTicks, niceIncrement } from '../../src/chart/ticks';
import { attempt } from '../examples';

function labels(
  attempts: Parameters<typeof accumulatedTicks>[0],
  min: number,
  max: number,
  width = 600,
): string {
  return accumulatedTicks(attempts, { min, max }, width)
    .map((tick) => `${tick.label}@${tick.x}`)
    .join(' ');
}

const RESTARTED = [attempt(1, { x_end: 30 }), attempt(2, { x_start: 30, x_end: 70 })];

describe('Ticks of the accumulated axis', () => {
  it('show the raw steps of each attempt: trained to 30, begun anew, trained to 40', () => {
    expect(labels(RESTARTED, 0, 70)).toBe('0@0 10@10 20@20 30@30 10@40 20@50 30@60 40@70');
  });

  it('are the steps themselves where nothing was restarted', () => {
    expect(labels([attempt(1, { x_end: 1000 })], 0, 1000)).toBe(
      '0@0 100@100 200@200 300@300 400@400 500@500 600@600 700@700 800@800 900@900 1,000@1000',
    );
    expect(labels([], 0, 20, 150)).toBe('0@0 10@10 20@20');
  });

  it('stay round in an attempt that was resumed from an odd step', () => {
    const resumed = [
      attempt(1, { x_end: 37 }),
      attempt(2, { kind: 'resume', start_step: 25, x_start: 37, x_end: 67 }),
    ];
    expect(labels(resumed, 0, 67)).toBe('0@0 10@10 20@20 30@30 30@42 40@52 50@62');
  });

  it('have room for thirteen digits', () => {
    const far = attempt(1, { start_step: 1_633_000_000_001, x_end: 50 });
    expect(labels([far], 0, 50)).toBe(
      '1,633,000,000,005@4 1,633,000,000,015@14 1,633,000,000,025@24 1,633,000,000,035@34 1,633,000,000,045@44',
    );
  });

  it('come to an end where steps are too large to have neighbours', () => {
    const far = attempt(1, { start_step: 2 ** 63, x_end: 30 });
    expect(accumulatedTicks([far], { min: 0, max: 30 }, 600).length).toBeLessThan(20);
  });

  it('follow the range that is zoomed into', () => {
    expect(labels(RESTARTED, 25, 45, 320)).toBe('25@25 30@30 5@35 10@40 15@45');
  });

  it('go on beyond the last attempt as it is known, for it may have grown meanwhile', () => {
    expect(labels(RESTARTED, 0, 90)).toContain('60@90');
  });

  it('drop the later of two labels that would touch', () => {
    const close = [
      attempt(1, { x_end: 40 }),
      attempt(2, { kind: 'resume', start_step: 38, x_start: 40, x_end: 60 }),
    ];
    expect(labels(close, 0, 60)).toContain('40@40');
    expect(labels(close, 0, 60)).not.toContain('40@42');
  });

  it('name the last step of an attempt that is too short for a round one', () => {
    const short = [attempt(1, { x_end: 1000 }), attempt(2, { x_start: 1000, x_end: 1090 })];
    expect(labels(short, 0, 1090, 900)).toMatch(/90@1090$/);
  });
});

describe('The increment', () => {
  it.each([
    [0.2, 1],
    [1.5, 2],
    [3, 5],
    [7, 10],
    [101, 200],
    [Number.NaN, 1],
  ])('for at least %d is %d', (atLeast, increment) => {
    expect(niceIncrement(atLeast)).toBe(increment);
  });
});
