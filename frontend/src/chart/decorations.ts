/** Drawn by hand on the chart's canvas: boundaries between attempts, and marks for values that have no height. */

import type uPlot from 'uplot';
import { boundaries, type ChartContent } from './chart_data';
import type { Palette } from './palette';

const LABEL_ROOM = 62;
const SHORT_LABEL_ROOM = 22;

export function drawBoundaries(plot: uPlot, content: ChartContent, palette: Palette): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const { min, max } = content.range;
  const inSight = boundaries(content.attempts).filter((one) => one.x_start >= min && one.x_start < max);
  ctx.save();
  ctx.strokeStyle = palette.boundary;
  ctx.fillStyle = palette.text;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  // uPlot leaves its own alignment behind.
  ctx.textAlign = 'left';
  for (const [index, one] of inSight.entries()) {
    const left = Math.round(plot.valToPos(one.x_start, 'x', true));
    const right = plot.valToPos(inSight[index + 1]?.x_start ?? max, 'x', true);
    strokeVertical(ctx, left, bbox.top, bbox.top + bbox.height);
    const label = boundaryLabel(one.attempt, (right - left) / ratio);
    ctx.fillText(label, left + 4 * ratio, bbox.top + 3 * ratio);
  }
  ctx.restore();
}

function boundaryLabel(attempt: number, room: number): string {
  if (room >= LABEL_ROOM) return `attempt ${attempt}`;
  return room >= SHORT_LABEL_ROOM ? `#${attempt}` : '';
}

function strokeVertical(ctx: CanvasRenderingContext2D, x: number, from: number, to: number): void {
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}

/** NaN is a cross on the bottom edge; an infinity is a triangle at the edge that it went through. */
export function drawNonFinite(plot: uPlot, content: ChartContent, palette: Palette): void {
  const { ctx } = plot;
  const size = 3.5 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = palette.mark;
  ctx.fillStyle = palette.mark;
  ctx.lineWidth = 1.6 * devicePixelRatio;
  for (const [x, what] of marksOf(plot, content, size)) drawMark(plot, x, what, size);
  ctx.restore();
}

type Mark = readonly [x: number, what: NonFiniteWord];
type NonFiniteWord = ChartContent['series']['non_finite'][number][1];

/** The marks in sight, by pixel; thousands of NaN that would cover each other are one mark. */
function marksOf(plot: uPlot, { series, range }: ChartContent, size: number): Iterable<Mark> {
  const marks = new Map<string, Mark>();
  for (const [index, what] of series.non_finite) {
    const x = series.x[index];
    if (x === undefined || x < range.min || x > range.max) continue;
    const pixel = Math.round(plot.valToPos(x, 'x', true));
    marks.set(`${what} ${Math.round(pixel / size)}`, [pixel, what]);
  }
  return marks.values();
}

function drawMark({ ctx, bbox }: uPlot, x: number, what: NonFiniteWord, size: number): void {
  const [top, bottom] = [bbox.top + size + 2, bbox.top + bbox.height - size - 2];
  if (what === 'nan') drawCross(ctx, x, bottom, size);
  else if (what === 'inf') drawTriangle(ctx, x, top, -size);
  else drawTriangle(ctx, x, bottom, size);
}

function drawCross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x - size, y + size);
  ctx.lineTo(x + size, y - size);
  ctx.stroke();
}

/** A negative height points up. */
function drawTriangle(ctx: CanvasRenderingContext2D, x: number, y: number, height: number): void {
  ctx.beginPath();
  ctx.moveTo(x - height, y - height);
  ctx.lineTo(x + height, y - height);
  ctx.lineTo(x, y + height);
  ctx.fill();
}
