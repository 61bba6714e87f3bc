/** A whole chart by one pen, whether on the page or into a file. */

import { drawAxes } from './axes';
import { freeColumns } from './columns';
import { drawBoundaries, drawNonFinite, drawPins, drawShade } from './decorations';
import type { Frame } from './frame';
import type { Drawn } from './growth';
import { drawLines } from './lines';
import type { Palette } from './palette';
import { type Pen, within } from './pen';
import { drawRail } from './rail';

/** How deep a strip reaches: the field and the half of a line on its lower edge, in whole pixels. */
export function stripHeight({ bottom, unit }: Frame): number {
  return bottom + Math.ceil(2 * unit);
}

/**
 * Draws on a picture of this height. Of a strip that begins at the pixel `from`, the field alone is drawn: what stands under it and
 * beside it stays, and a text costs as much as a line.
 */
export function drawChart(
  pen: Pen,
  { content, frame }: Drawn,
  height: number,
  palette: Palette,
  from = 0,
): void {
  freeColumns();
  drawShade(pen, content, frame, palette);
  drawAxes(pen, frame, palette, from > 0);
  drawBoundaries(pen, content, frame, palette);
  const { left, top, right, bottom, unit } = frame;
  // Half the width of a line on its edge belongs to it.
  within(pen, left - unit, top - unit, right - left + 2 * unit, bottom - top + 2 * unit, () =>
    drawLines(pen, content, frame, palette, from),
  );
  drawNonFinite(pen, content, frame, palette);
  drawPins(pen, content, frame, palette);
  if (content.rail.length > 0 && from === 0) drawRail(pen, content.rail, frame, palette, height);
}
