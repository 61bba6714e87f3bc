/** A whole chart by one pen, whether on the page or into a file. */

import { drawAxes } from './axes';
import { freeColumns } from './columns';
import { drawBoundaries, drawNonFinite, drawPins, drawShade } from './decorations';
import type { Drawn } from './growth';
import { drawLines } from './lines';
import type { Palette } from './palette';
import { type Pen, within } from './pen';
import { drawRail } from './rail';

/** Draws on a picture of this height that is empty from the pixel `from` on; left of it nothing needs to be drawn. */
export function drawChart(
  pen: Pen,
  { content, frame }: Drawn,
  height: number,
  palette: Palette,
  from = 0,
): void {
  freeColumns();
  drawShade(pen, content, frame, palette);
  drawAxes(pen, frame, palette, from);
  drawBoundaries(pen, content, frame, palette);
  const { left, top, right, bottom, unit } = frame;
  // Half the width of a line on its edge belongs to it.
  within(pen, left - unit, top - unit, right - left + 2 * unit, bottom - top + 2 * unit, () =>
    drawLines(pen, content, frame, palette, from),
  );
  drawNonFinite(pen, content, frame, palette);
  drawPins(pen, content, frame, palette);
  if (content.rail.length > 0) drawRail(pen, content.rail, frame, palette, height);
}
