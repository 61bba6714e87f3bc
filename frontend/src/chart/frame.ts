/** Where on the picture what lies. All in device pixels, so that thin lines are sharp; `unit` is one of the page's. */

import type { XRange } from './chart_data';
import type { ChartContent } from './content';
import { linearScale, logScale, type Scale } from './scale';
import { accumulatedTicks, type Tick } from './ticks';
import { clockTicks, durationTicks } from './time_ticks';
import { valueRange } from './value_range';

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly unit: number;
}

/** The field that the lines are drawn in, and its two scales. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly unit: number;
  readonly range: XRange;
  readonly x: Scale;
  readonly y: Scale;
  /** What is marked of the x axis. */
  readonly places: readonly Tick[];
}

const ROOM = { top: 10, right: 18, bottom: 26, left: 54 } as const;
export const RAIL_HEIGHT = 16;

export function frameOf(content: ChartContent, { width, height, unit }: Size): Frame {
  const rail = content.rail.length > 0 ? RAIL_HEIGHT : 0;
  const left = Math.round(ROOM.left * unit);
  const top = Math.round(ROOM.top * unit);
  const right = Math.max(left + 1, Math.round(width - ROOM.right * unit));
  const bottom = Math.max(top + 1, Math.round(height - (ROOM.bottom + rail) * unit));
  const { range } = content;
  const [low, high] = valueRange(content);
  return {
    left,
    top,
    right,
    bottom,
    unit,
    range,
    x: linearScale(range.min, range.max, left, right),
    y: (content.isLog ? logScale : linearScale)(low, high, bottom, top),
    places: placeTicks(content, (right - left) / unit),
  };
}

/** `width` is in pixels of the page. */
function placeTicks({ axis, attempts, range }: ChartContent, width: number): readonly Tick[] {
  if (axis === 'active') return durationTicks(range, width);
  if (axis === 'wall') return clockTicks(range, width);
  return accumulatedTicks(axis === 'step' ? [] : attempts, range, width);
}
