/** The lines of a chart: raw and smoothed, their dots, and the gap between two of them. */

import type { XRange } from './chart_data';
import type { Band, ChartContent, ChartLine } from './content';
import type { Frame } from './frame';
import { inSight } from './nearest';
import { faint, type Palette } from './palette';
import type { Pen } from './pen';
import { toPixel, toValue } from './scale';
import { corners, decimate, type Spans, spansOf, type Trail, trailOf, travel } from './trail';

const [RAW_WIDTH, STRONG_WIDTH] = [1.25, 2];
const DOT_RADIUS = 2.25;
/** Fewer pixels than this from point to point, and dots would hide the line. */
const DOT_SPACE = 9;
/** In pixels of the page: a line that goes up and down by more in each column is noise, which is drawn column by column. */
const NOISE = 6;
/** In pixels of the page: what lies nearer to its neighbour is not seen beside it. */
const TOLERANCE = 0.4;
/** By age: of attempts laid over one another the younger is stronger. */
const AGE_ALPHA = [1, 0.6, 0.45, 0.35] as const;
const AGE_DASH = [[], [7, 3], [4, 3], [1.5, 3]] as const;
const EXPECTED_DASH = [5, 4] as const;
const GAP_ALPHA = 0.16;

export function drawLines(
  pen: Pen,
  content: ChartContent,
  frame: Frame,
  palette: Palette,
  from: number,
): void {
  // A line leads into what is drawn from one point before it.
  const sight = { min: Math.max(frame.range.min, toValue(frame.x, from)), max: frame.range.max };
  const drawn = content.lines.map((line) => ({
    line,
    strong: trailOf(line, strongValues(line), frame, sight),
  }));
  const [lower, upper] = drawn;
  if (content.gapShaded && lower && upper) drawGap(pen, [lower.strong, upper.strong], frame, palette);
  // The youngest attempt lies on top of the others.
  for (const { line, strong } of drawn.sort((a, b) => b.line.age - a.line.age)) {
    drawLine(pen, line, strong, frame, palette, sight);
  }
}

/** What a line is read by: smoothed where it is smoothed. */
export function strongValues({ smoothed, series }: ChartLine): readonly (number | null)[] {
  return smoothed ? series.smoothed : series.value;
}

export function colourOf({ tone, age }: ChartLine, palette: Palette): string {
  const alpha = AGE_ALPHA[Math.min(age, AGE_ALPHA.length - 1)] ?? 1;
  return alpha === 1 ? palette.line[tone] : faint(palette.line[tone], alpha);
}

export function dashOf({ age, band }: ChartLine, unit: number): number[] {
  const dash = band ? EXPECTED_DASH : AGE_DASH[Math.min(age, AGE_DASH.length - 1)];
  return (dash ?? []).map((one) => one * unit);
}

function drawLine(
  pen: Pen,
  line: ChartLine,
  strong: Trail,
  frame: Frame,
  palette: Palette,
  sight: XRange,
): void {
  const colour = colourOf(line, palette);
  // Faint noise of several attempts over one another would be fog.
  const hasRaw = line.smoothed && line.age === 0;
  const raw = hasRaw ? trailOf(line, line.series.value, frame, sight) : strong;
  const [first, end] = inSight(line, frame.range);
  const isRoomy = (end - first) * DOT_SPACE * frame.unit <= frame.right - frame.left;
  pen.lineJoin = 'bevel';
  if (line.band) drawBand(pen, line, line.band, frame, palette);
  if (hasRaw) {
    pen.fillStyle = faint(palette.line[line.tone], isRoomy ? palette.sparseAlpha : palette.rawAlpha);
    drawTrail(pen, raw, frame, RAW_WIDTH);
  }
  pen.fillStyle = colour;
  pen.setLineDash(dashOf(line, frame.unit));
  drawTrail(pen, strong, frame, line.smoothed ? STRONG_WIDTH : RAW_WIDTH);
  pen.setLineDash([]);
  drawDots(pen, raw, frame.unit, isRoomy);
}

/** A few dozen places. */
function drawBand(
  pen: Pen,
  { x, tone }: ChartLine,
  { low, high }: Band,
  frame: Frame,
  palette: Palette,
): void {
  const edge = [...low.entries(), ...[...high.entries()].reverse()];
  pen.fillStyle = faint(palette.line[tone], GAP_ALPHA);
  pen.beginPath();
  for (const [at, [index, value]] of edge.entries()) {
    const place = [toPixel(frame.x, x[index] ?? Number.NaN), toPixel(frame.y, value)] as const;
    at === 0 ? pen.moveTo(...place) : pen.lineTo(...place);
  }
  pen.fill();
}

/** In the pen's fill style. Thousands of points to and fro are cheaper to fill by columns than to stroke. */
function drawTrail(pen: Pen, trail: Trail, frame: Frame, width: number): void {
  const tolerance = TOLERANCE * frame.unit;
  const kept = decimate(trail, tolerance);
  const reach = frame.right - Math.max(frame.left, trail.x[0] ?? 0);
  if (travel(trail, kept) > NOISE * frame.unit * reach) {
    fillSpans(pen, spansOf(trail, frame.left, frame.right), frame, width);
    return;
  }
  pen.strokeStyle = pen.fillStyle;
  pen.lineWidth = width * frame.unit;
  pen.beginPath();
  for (const index of corners(trail, kept, tolerance)) {
    const x = trail.x[index] as number;
    const y = trail.y[index] as number;
    if (trail.joined[index] === 1) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  }
  pen.stroke();
}

function fillSpans(pen: Pen, { top, bottom }: Spans, { left, unit }: Frame, width: number): void {
  const least = Math.max(1, Math.round(width * unit));
  for (let column = 0; column < top.length; column += 1) {
    const from = Math.floor(top[column] as number);
    const height = Math.ceil(bottom[column] as number) - from;
    if (height >= 0) pen.fillRect(left + column, from, 1, Math.max(least, height));
  }
}

/** Every point where there is room; else those that no line reaches, which could not be seen. */
function drawDots(pen: Pen, { x, y, joined }: Trail, unit: number, isRoomy: boolean): void {
  const radius = DOT_RADIUS * unit;
  pen.beginPath();
  for (let i = 0; i < y.length; i += 1) {
    const isLone = joined[i] !== 1 && joined[i + 1] !== 1;
    if (Number.isNaN(y[i]) || !(isRoomy || isLone)) continue;
    pen.moveTo((x[i] as number) + radius, y[i] as number);
    pen.arc(x[i] as number, y[i] as number, radius, 0, 2 * Math.PI);
  }
  pen.fill();
}

/** Between the lines where both are: one of them may be far behind, as an evaluation is. */
function drawGap(pen: Pen, trails: readonly Trail[], frame: Frame, palette: Palette): void {
  const [a, b] = trails.map((trail) => spansOf(trail, frame.left, frame.right));
  if (a === undefined || b === undefined) return;
  const middle = (spans: Spans, column: number) =>
    ((spans.top[column] as number) + (spans.bottom[column] as number)) / 2;
  pen.fillStyle = faint(palette.line.evaluation, GAP_ALPHA);
  for (let column = 0; column < a.top.length; column += 1) {
    const [from, to] = [middle(a, column), middle(b, column)];
    // NaN where a line does not reach.
    if (Number.isFinite(from - to))
      pen.fillRect(frame.left + column, Math.min(from, to), 1, Math.abs(from - to));
  }
}
