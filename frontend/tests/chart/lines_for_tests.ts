/** Small things to draw. */

import type { ChartContent, ChartLine } from '../../src/chart/content';
import { type Frame, frameOf } from '../../src/chart/frame';
import { seriesAt } from '../examples';

/** A line with these values at x = 0, 1, 2, ..., its raw line alone. */
export function lineOf(value: readonly (number | null)[], changes: Partial<ChartLine> = {}): ChartLine {
  const series = seriesAt([...value.keys()], { value, smoothed: value });
  const { length } = value;
  return {
    name: 'loss',
    tone: 'training',
    age: 0,
    series,
    x: series.x,
    first: 0,
    end: length,
    smoothed: false,
    ...changes,
  };
}

export function contentOf(lines: readonly ChartLine[], changes: Partial<ChartContent> = {}): ChartContent {
  const range = { min: 0, max: Math.max(1, ...lines.map((line) => line.end - 1)) };
  return {
    lines,
    attempts: [],
    axis: 'accumulated',
    range,
    whole: range,
    isLog: false,
    gapShaded: false,
    rail: [],
    pins: [],
    shade: null,
    ...changes,
  };
}

/** 200 pixels wide from its left edge to its right one, 100 high. */
export function frameFor(content: ChartContent): Frame {
  return frameOf(content, { width: 200 + 54 + 18, height: 100 + 10 + 26, unit: 1 });
}

/** Numbers from 0 up to 1 that look random and are the same in every run. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
