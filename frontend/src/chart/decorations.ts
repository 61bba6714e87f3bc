/** What stands beside the lines: boundaries between attempts, marks for values without a height, pins. */

import type { ChartContent, ChartLine } from './content';
import type { Frame } from './frame';
import { faint, type Palette } from './palette';
import { fontOf, type Pen } from './pen';
import { toPixel } from './scale';

const LABEL_ROOM = 62;
const SHORT_LABEL_ROOM = 22;
const LABEL_SIZE = 10.5;

export function drawBoundaries(pen: Pen, content: ChartContent, frame: Frame, palette: Palette): void {
  const { unit, top, bottom, range } = frame;
  const inSight = boundaries(content).filter(({ x }) => x >= range.min && x < range.max);
  if (inSight.length === 0) return;
  pen.strokeStyle = palette.boundary;
  pen.fillStyle = palette.text;
  pen.lineWidth = unit;
  pen.setLineDash([3 * unit, 3 * unit]);
  pen.font = fontOf(LABEL_SIZE * unit);
  pen.textBaseline = 'top';
  pen.textAlign = 'left';
  for (const [index, one] of inSight.entries()) {
    const left = Math.round(toPixel(frame.x, one.x));
    const right = toPixel(frame.x, inSight[index + 1]?.x ?? range.max);
    pen.beginPath();
    pen.moveTo(left, top);
    pen.lineTo(left, bottom);
    pen.stroke();
    pen.fillText(boundaryLabel(one.attempt, (right - left) / unit), left + 4 * unit, top + 3 * unit);
  }
  pen.setLineDash([]);
}

function boundaryLabel(attempt: number, room: number): string {
  if (room >= LABEL_ROOM) return `attempt ${attempt}`;
  return room >= SHORT_LABEL_ROOM ? `#${attempt}` : '';
}

interface Boundary {
  readonly attempt: number;
  readonly x: number;
}

/** Where each attempt but the first begins. Overlaid, all begin where they please. */
export function boundaries({ axis, attempts, lines }: ChartContent): readonly Boundary[] {
  if (axis === 'step') return [];
  if (axis === 'accumulated')
    return attempts.slice(1).map(({ attempt, x_start }) => ({ attempt, x: x_start }));
  const begins = new Map<number, number>();
  for (const line of lines) noteBegins(line, begins);
  const known = attempts.map(({ attempt }) => ({ attempt, x: begins.get(attempt) }));
  return known.slice(1).flatMap(({ attempt, x }) => (x === undefined ? [] : [{ attempt, x }]));
}

/** An attempt lies in time where its first point does. */
function noteBegins({ series, x, first, end }: ChartLine, begins: Map<number, number>): void {
  for (let i = first; i < end; i += 1) {
    const [attempt, place] = [series.attempt[i] as number, x[i]];
    if (i > first && attempt === series.attempt[i - 1]) continue;
    if (place != null) begins.set(attempt, Math.min(place, begins.get(attempt) ?? place));
  }
}

const SHADE_ALPHA = 0.12;

/** Under everything: what is spoken of is seen through it. */
export function drawShade(pen: Pen, { shade }: ChartContent, frame: Frame, palette: Palette): void {
  if (shade === null) return;
  const { left, right, top, bottom, unit } = frame;
  const from = Math.max(left, toPixel(frame.x, shade.min));
  const until = Math.min(right, toPixel(frame.x, shade.max));
  if (until < left || from > right) return;
  pen.fillStyle = faint(palette.mark, SHADE_ALPHA);
  pen.fillRect(from, top, Math.max(until - from, 2 * unit), bottom - top);
}

/** NaN is a cross on the bottom edge; an infinity is a triangle at the edge that it went through. */
export function drawNonFinite(pen: Pen, content: ChartContent, frame: Frame, palette: Palette): void {
  const size = 3.5 * frame.unit;
  pen.strokeStyle = palette.mark;
  pen.fillStyle = palette.mark;
  pen.lineWidth = 1.6 * frame.unit;
  const [top, bottom] = [frame.top + size + 2, frame.bottom - size - 2];
  for (const [x, what] of marksOf(content, frame, size)) {
    if (what === 'nan') drawCross(pen, x, bottom, size);
    else if (what === 'inf') drawTriangle(pen, x, top, -size);
    else drawTriangle(pen, x, bottom, size);
  }
}

type NonFiniteWord = ChartLine['series']['non_finite'][number][1];
type Mark = readonly [pixel: number, what: NonFiniteWord];

/** The marks in sight, by pixel; thousands of NaN that would cover each other are one mark. */
function marksOf({ lines, range }: ChartContent, frame: Frame, size: number): Iterable<Mark> {
  const marks = new Map<string, Mark>();
  for (const { series, x, first, end } of lines) {
    for (const [index, what] of series.non_finite) {
      const place = x[index];
      if (place == null || index < first || index >= end || place < range.min || place > range.max) continue;
      const pixel = Math.round(toPixel(frame.x, place));
      marks.set(`${what} ${Math.round(pixel / size)}`, [pixel, what]);
    }
  }
  return marks.values();
}

function drawCross(pen: Pen, x: number, y: number, size: number): void {
  pen.beginPath();
  pen.moveTo(x - size, y - size);
  pen.lineTo(x + size, y + size);
  pen.moveTo(x - size, y + size);
  pen.lineTo(x + size, y - size);
  pen.stroke();
}

/** A negative height points up. */
function drawTriangle(pen: Pen, x: number, y: number, height: number): void {
  pen.beginPath();
  pen.moveTo(x - height, y - height);
  pen.lineTo(x + height, y - height);
  pen.lineTo(x, y + height);
  pen.fill();
}

const PIN_RADIUS = 4;
/** So much of a name's ground, that what is under it is still seen. */
const LABEL_GROUND = 0.8;

/** A ring at the point, and its name beside it on a ground of its own; names that would lie on another move below it. */
export function drawPins(pen: Pen, { pins, range }: ChartContent, frame: Frame, palette: Palette): void {
  const { unit } = frame;
  if (pins.length === 0) return;
  pen.font = fontOf(LABEL_SIZE * unit, '600');
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  const taken: Box[] = [];
  for (const { x, y, text } of pins) {
    const [left, top] = [toPixel(frame.x, x), toPixel(frame.y, y)];
    if (x < range.min || x > range.max || Number.isNaN(top)) continue;
    drawRing(pen, left, top, unit, palette);
    const box = roomFor(pen.measureText(text).width + 8 * unit, left, top, frame, taken);
    taken.push(box);
    pen.fillStyle = faint(palette.surface, LABEL_GROUND);
    pen.fillRect(box.left, box.top, box.width, box.height);
    pen.fillStyle = palette.strongText;
    pen.fillText(text, box.left + 4 * unit, box.top + box.height / 2);
  }
}

function drawRing(pen: Pen, x: number, y: number, unit: number, palette: Palette): void {
  pen.beginPath();
  pen.arc(x, y, PIN_RADIUS * unit, 0, 2 * Math.PI);
  pen.fillStyle = palette.surface;
  pen.fill();
  pen.strokeStyle = palette.strongText;
  pen.lineWidth = 1.75 * unit;
  pen.stroke();
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Beside the point, on the side that has the room, below what is there already. */
function roomFor(width: number, x: number, y: number, frame: Frame, taken: readonly Box[]): Box {
  const height = 16 * frame.unit;
  const gap = (PIN_RADIUS + 3) * frame.unit;
  const left = x + gap + width <= frame.right ? x + gap : Math.max(frame.left, x - gap - width);
  let top = Math.min(Math.max(y - height - gap / 2, frame.top), frame.bottom - height);
  const isTaken = () =>
    taken.some(
      (box) => left < box.left + box.width && box.left < left + width && Math.abs(box.top - top) < height,
    );
  while (isTaken() && top < frame.bottom) top += height;
  return { left, top, width, height };
}
