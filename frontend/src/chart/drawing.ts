/** A whole chart by one pen, whether on the page or into a file. */

import { Arena } from './arena';
import { drawAxes } from './axes';
import type { ChartContent } from './content';
import { drawBoundaries, drawNonFinite, drawPins } from './decorations';
import { type Frame, frameOf, type Size } from './frame';
import { drawLines } from './lines';
import type { Palette } from './palette';
import type { Pen } from './pen';
import { drawRail } from './rail';

/** Draws on an empty picture of this size, and answers where on it what lies. */
export function drawChart(
  pen: Pen,
  content: ChartContent,
  size: Size,
  palette: Palette,
  arena = new Arena(),
): Frame {
  arena.reset();
  const frame = frameOf(content, size);
  drawAxes(pen, content, frame, palette);
  drawBoundaries(pen, content, frame, palette);
  pen.save();
  pen.beginPath();
  // Half the width of a line on its edge belongs to it.
  const edge = frame.unit;
  pen.rect(
    frame.left - edge,
    frame.top - edge,
    frame.right - frame.left + 2 * edge,
    frame.bottom - frame.top + 2 * edge,
  );
  pen.clip();
  drawLines(pen, content, frame, palette, arena);
  pen.restore();
  drawNonFinite(pen, content, frame, palette);
  drawPins(pen, content, frame, palette);
  if (content.rail.length > 0) drawRail(pen, content.rail, frame, palette, size.height);
  return frame;
}
