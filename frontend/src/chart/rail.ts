/** The rail of events under the axis. Each type has a shape of its own, so that colour is not needed to tell them apart. */

import type { RailMark, RailMarkType } from './content';
import { type Frame, RAIL_HEIGHT } from './frame';
import type { Palette } from './palette';
import type { Pen } from './pen';
import { toPixel } from './scale';

/** Marks of one type that would lie on each other, as one. */
export interface RailSign {
  readonly type: RailMarkType;
  readonly pixel: number;
  /** Of all the marks that are in it, in their order. */
  readonly texts: readonly string[];
}

const SIGN_RADIUS = 4;
/** So near, in pixels of the page, one points at a sign. */
const REACH = 8;

export function railSigns(rail: readonly RailMark[], frame: Frame): readonly RailSign[] {
  const signs = new Map<number, { type: RailMarkType; pixel: number; texts: string[] }>();
  for (const { type, x, text } of rail) {
    if (!(x >= frame.range.min && x <= frame.range.max)) continue;
    const pixel = Math.round(toPixel(frame.x, x));
    const place = TYPES.indexOf(type) + TYPES.length * Math.floor(pixel / (SIGN_RADIUS * 1.5 * frame.unit));
    const sign = signs.get(place);
    if (sign) sign.texts.push(text);
    else signs.set(place, { type, pixel, texts: [text] });
  }
  return [...signs.values()];
}

/** What the signs near a pixel say; the first of each type by its text, the others of it by their number. */
export function railText(signs: readonly RailSign[], pixel: number, unit: number): string {
  const near = signs.filter((sign) => Math.abs(sign.pixel - pixel) <= REACH * unit);
  return near
    .map(({ texts }) => texts[0] + (texts.length > 1 ? ` (and ${texts.length - 1} more)` : ''))
    .join('; ');
}

export function drawRail(
  pen: Pen,
  rail: readonly RailMark[],
  frame: Frame,
  palette: Palette,
  bottom: number,
): void {
  const { unit } = frame;
  const y = Math.round(bottom - (RAIL_HEIGHT / 2 + 1) * unit);
  pen.fillStyle = palette.grid;
  pen.fillRect(frame.left, y, frame.right - frame.left, Math.round(unit));
  const signs = railSigns(rail, frame);
  for (const type of TYPES) {
    const pixels = signs.filter((sign) => sign.type === type).map(({ pixel }) => pixel);
    drawSigns(pen, type, pixels, y, unit, palette);
  }
}

/** All in one path: to fill a hundred of them one by one costs as much as to draw the lines. */
export function drawSigns(
  pen: Pen,
  type: RailMarkType,
  pixels: readonly number[],
  y: number,
  unit: number,
  palette: Palette,
): void {
  pen.beginPath();
  for (const x of pixels) SHAPES[type](pen, x, y, SIGN_RADIUS * unit);
  pen.fillStyle = railColour(type, palette);
  pen.fill();
}

export function railColour(type: RailMarkType, { line, strongText, mark }: Palette): string {
  if (type === 'restart') return strongText;
  if (type === 'insight') return mark;
  return type === 'eval' ? line.evaluation : type === 'checkpoint' ? line.training : line.schedule;
}

const SHAPES: Readonly<Record<RailMarkType, (pen: Pen, x: number, y: number, size: number) => void>> = {
  restart: (pen, x, y, size) => pen.rect(x - size * 0.4, y - size * 1.5, size * 0.8, size * 3),
  eval: (pen, x, y, size) => {
    pen.moveTo(x + size * 0.9, y);
    pen.arc(x, y, size * 0.9, 0, 2 * Math.PI);
  },
  checkpoint: (pen, x, y, size) => pen.rect(x - size * 0.8, y - size * 0.8, size * 1.6, size * 1.6),
  learning_rate: (pen, x, y, size) => {
    pen.moveTo(x - size, y + size * 0.8);
    pen.lineTo(x + size, y + size * 0.8);
    pen.lineTo(x, y - size);
    pen.closePath();
  },
  insight: (pen, x, y, size) => {
    pen.moveTo(x, y - size * 1.4);
    pen.lineTo(x + size, y);
    pen.lineTo(x, y + size * 1.4);
    pen.lineTo(x - size, y);
    pen.closePath();
  },
};

const TYPES = Object.keys(SHAPES) as readonly RailMarkType[];
