import { describe, expect, it } from 'vitest';
import type { ChartContent, ChartLine } from '../../src/chart/content';
import { type Drawn, firstChange, heldFrame } from '../../src/chart/growth';
import { attempt } from '../examples';
import { contentOf, frameFor, lineOf } from './lines_for_tests';

const ORIGIN = {};
const RAIL = [{ type: 'eval', x: 3, text: '' }] as const;
const STANDING = { range: { min: 0, max: 20 }, rail: RAIL, isLog: false } as const;

/** Up to a step, as it grew from an answer of the server. */
function lossUpTo(last: number, changes: Partial<ChartLine> = {}, origin: object = ORIGIN): ChartLine {
  const line = lineOf(Array.from({ length: last + 1 }, (_, step) => step % 2));
  return { ...line, series: { ...line.series, origin }, ...changes };
}

function drawn(line: ChartLine, changes: Partial<ChartContent> = {}): Drawn {
  const content = contentOf([line], { ...STANDING, ...changes });
  return { content, frame: frameFor(content) };
}

function withLast(value: number): ChartLine {
  const line = lossUpTo(12);
  return { ...line, series: { ...line.series, value: [...line.series.value.slice(0, -1), value] } };
}

const BEFORE = drawn(lossUpTo(10));

describe('Points that go behind the others', () => {
  it('change the picture a little before the last known point and right of it', () => {
    // The field begins at pixel 54, and a step is ten pixels wide.
    expect(firstChange(BEFORE, drawn(lossUpTo(12)))).toBe(54 + 100 - 10);
  });

  it('do so also where the earliest were cropped meanwhile', () => {
    const line = lossUpTo(11);
    const { x, value, attempt: of } = line.series;
    const series = { ...line.series, x: x.slice(2), value: value.slice(2), attempt: of.slice(2) };
    const cropped = { ...line, series, x: series.x, end: series.x.length };
    expect(firstChange(BEFORE, drawn(cropped))).toBe(54 + 100 - 10);
  });

  it('of two lines, from the one on that is farther behind', () => {
    const both = (loss: number, evaluation: number) => {
      const content = contentOf([lossUpTo(loss), lossUpTo(evaluation)], STANDING);
      return { content, frame: frameFor(content) };
    };
    expect(firstChange(both(10, 5), both(11, 6))).toBe(54 + 50 - 10);
  });
});

describe('A pin that stays where it is', () => {
  const pinned = (last: number, y = 1) => drawn(lossUpTo(last), { pins: [{ x: 3, y, text: 'best' }] });

  it('is no reason to draw the whole picture', () => {
    expect(firstChange(pinned(10), pinned(12))).toBe(54 + 100 - 10);
  });

  it('is one once it moves', () => {
    expect(firstChange(pinned(10), pinned(12, 0.5))).toBe(0);
  });
});

describe('The whole picture may be another one', () => {
  it('where there was none', () => {
    expect(firstChange(null, BEFORE)).toBe(0);
  });

  it.each<[string, Drawn]>([
    ['another range', drawn(lossUpTo(12), { range: { min: 0, max: 30 } })],
    ['other heights', drawn(withLast(9))],
    ['another axis', drawn(lossUpTo(12), { axis: 'wall' })],
    ['other marks', drawn(lossUpTo(12), { rail: [...RAIL] })],
    ['a pin', drawn(lossUpTo(12), { pins: [{ x: 3, y: 1, text: 'best' }] })],
    ['another answer of the server', drawn(lossUpTo(12, {}, {}))],
    ['smoothing that came or went', drawn(lossUpTo(12, { smoothed: true }))],
    ['a clock that was set back', drawn(lossUpTo(12, { x: [0, 5, 2, ...Array(10).fill(6)] }))],
  ])('after %s', (_, after) => {
    expect(firstChange(BEFORE, after)).toBe(0);
  });

  it('where neither picture says where its points are from', () => {
    const stretchOf = (points: number) => drawn(lineOf(Array.from({ length: points }, (_, x) => x % 2)));
    expect(firstChange(stretchOf(11), stretchOf(13))).toBe(0);
  });

  it('where an attempt is so short that the axis says how far it came', () => {
    const shortUpTo = (x_end: number) => [
      attempt(1, { x_end: 9 }),
      attempt(2, { start_step: 101, x_start: 9, x_end }),
      attempt(3, { start_step: 900, x_start: x_end, x_end }),
    ];
    const before = drawn(lossUpTo(10), { attempts: shortUpTo(10) });
    expect(firstChange(before, drawn(lossUpTo(12), { attempts: shortUpTo(12) }))).toBe(0);
  });
});

describe('What a chart has shown', () => {
  const next = (changes: Partial<ChartContent> = {}, line = lossUpTo(12)) =>
    contentOf([line], { ...STANDING, ...changes });

  it('is held for further points', () => {
    expect(heldFrame(BEFORE, next())).toBe(BEFORE.frame);
  });

  it('is held where the places move on for them', () => {
    const all = (max: number) => ({ range: { min: 0, max }, whole: { min: 0, max } });
    expect(heldFrame(drawn(lossUpTo(10), all(20)), next(all(30)))).not.toBeNull();
  });

  it.each<[string, ChartContent]>([
    ['where the reader zooms', next({ range: { min: 5, max: 10 } })],
    ['on another axis', next({ axis: 'wall' })],
    ['on a logarithmic axis after a linear one', next({ isLog: true })],
    ['for another answer of the server', next({}, lossUpTo(12, {}, {}))],
    ['where smoothing came or went', next({}, lossUpTo(12, { smoothed: true }))],
    ['where there is a line more', contentOf([lossUpTo(12), lossUpTo(12)], STANDING)],
  ])('is not held %s', (_, content) => {
    expect(heldFrame(BEFORE, content)).toBeNull();
  });

  it('is none before there is a picture', () => {
    expect(heldFrame(null, next())).toBeNull();
  });
});
