/** Grid and numbers of both axes. */

import type { ChartContent } from './content';
import type { Frame } from './frame';
import { faint, type Palette } from './palette';
import { fontOf, type Pen } from './pen';
import { toPixel } from './scale';
import { accumulatedTicks, type Tick } from './ticks';
import { clockTicks, durationTicks } from './time_ticks';
import { valueTicks } from './value_ticks';

const FONT_SIZE = 11;
const GAP = 6;
/** Lines between two powers of ten, against those at them. */
const MINOR_ALPHA = 0.55;

export function drawAxes(pen: Pen, content: ChartContent, frame: Frame, palette: Palette): void {
  pen.font = fontOf(FONT_SIZE * frame.unit);
  drawPlaces(pen, content, frame, palette);
  drawValues(pen, frame, palette);
}

function drawPlaces(pen: Pen, content: ChartContent, frame: Frame, palette: Palette): void {
  const { top, bottom, unit } = frame;
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  for (const { x, label } of placeTicks(content, frame)) {
    const pixel = Math.round(toPixel(frame.x, x));
    pen.fillStyle = palette.grid;
    pen.fillRect(pixel, top, Math.round(unit), bottom - top);
    pen.fillStyle = palette.text;
    pen.fillText(label, pixel, bottom + GAP * unit);
  }
}

/** Of the x axis. */
export function placeTicks({ axis, attempts, range }: ChartContent, frame: Frame): readonly Tick[] {
  const width = (frame.right - frame.left) / frame.unit;
  if (axis === 'active') return durationTicks(range, width);
  if (axis === 'wall') return clockTicks(range, width);
  return accumulatedTicks(axis === 'step' ? [] : attempts, range, width);
}

function drawValues(pen: Pen, { left, right, top, bottom, unit, y }: Frame, palette: Palette): void {
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const { value, label, isMinor } of valueTicks(y, (bottom - top) / unit)) {
    const pixel = Math.round(toPixel(y, value));
    pen.fillStyle = isMinor ? faint(palette.grid, MINOR_ALPHA) : palette.grid;
    pen.fillRect(left, pixel, right - left, Math.round(unit));
    pen.fillStyle = palette.text;
    if (label !== '') pen.fillText(label, left - GAP * unit, pixel);
  }
}
