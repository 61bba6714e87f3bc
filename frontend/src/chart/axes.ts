/** Grid and numbers of both axes. */

import type { Frame } from './frame';
import { faint, type Palette } from './palette';
import { fontOf, type Pen } from './pen';
import { toPixel } from './scale';

const FONT_SIZE = 11;
const GAP = 6;
/** Lines between two powers of ten, against those at them. */
const MINOR_ALPHA = 0.55;

/** `isBare`: the grid alone. */
export function drawAxes(pen: Pen, frame: Frame, palette: Palette, isBare = false): void {
  // To set a font alone has the page look up its styles anew.
  if (!isBare) pen.font = fontOf(FONT_SIZE * frame.unit);
  drawPlaces(pen, frame, palette, isBare);
  drawValues(pen, frame, palette, isBare);
}

function drawPlaces(pen: Pen, frame: Frame, palette: Palette, isBare: boolean): void {
  const { top, bottom, unit } = frame;
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  for (const { x, label } of frame.places) {
    const pixel = Math.round(toPixel(frame.x, x));
    pen.fillStyle = palette.grid;
    pen.fillRect(pixel, top, Math.round(unit), bottom - top);
    pen.fillStyle = palette.text;
    if (!isBare) pen.fillText(label, pixel, bottom + GAP * unit);
  }
}

function drawValues(
  pen: Pen,
  { left, right, unit, y, values }: Frame,
  palette: Palette,
  isBare: boolean,
): void {
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const { value, label, isMinor } of values) {
    const pixel = Math.round(toPixel(y, value));
    pen.fillStyle = isMinor ? faint(palette.grid, MINOR_ALPHA) : palette.grid;
    pen.fillRect(left, pixel, right - left, Math.round(unit));
    pen.fillStyle = palette.text;
    if (label !== '' && !isBare) pen.fillText(label, left - GAP * unit, pixel);
  }
}
