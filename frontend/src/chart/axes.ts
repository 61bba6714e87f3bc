/** Grid and numbers of both axes. */

import type { Frame } from './frame';
import { faint, type Palette } from './palette';
import { fontOf, type Pen } from './pen';
import { toPixel } from './scale';

const FONT_SIZE = 11;
const GAP = 6;
/** Lines between two powers of ten, against those at them. */
const MINOR_ALPHA = 0.55;

/** No number under the axis is as wide, in pixels of the page. */
const WIDEST = 120;

/** Left of the pixel `from` nothing needs to be drawn: to set a text costs as much as a line. */
export function drawAxes(pen: Pen, frame: Frame, palette: Palette, from = 0): void {
  pen.font = fontOf(FONT_SIZE * frame.unit);
  drawPlaces(pen, frame, palette, from);
  drawValues(pen, frame, palette, from);
}

function drawPlaces(pen: Pen, frame: Frame, palette: Palette, from: number): void {
  const { top, bottom, unit } = frame;
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  for (const { x, label } of frame.places) {
    const pixel = Math.round(toPixel(frame.x, x));
    if (pixel + (WIDEST / 2) * unit < from) continue;
    pen.fillStyle = palette.grid;
    pen.fillRect(pixel, top, Math.round(unit), bottom - top);
    pen.fillStyle = palette.text;
    pen.fillText(label, pixel, bottom + GAP * unit);
  }
}

function drawValues(pen: Pen, { left, right, unit, y, values }: Frame, palette: Palette, from: number): void {
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const { value, label, isMinor } of values) {
    const pixel = Math.round(toPixel(y, value));
    pen.fillStyle = isMinor ? faint(palette.grid, MINOR_ALPHA) : palette.grid;
    pen.fillRect(left, pixel, right - left, Math.round(unit));
    pen.fillStyle = palette.text;
    if (label !== '' && from < left) pen.fillText(label, left - GAP * unit, pixel);
  }
}
