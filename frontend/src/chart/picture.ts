/** A chart as a file: the same drawing, with a title and a legend, since it leaves the page that said what it is. */

import type { Theme } from '../base/theme';
import type { ChartContent, ChartLine, RailMarkType } from './content';
import { drawChart } from './drawing';
import { frameOf } from './frame';
import { colourOf, dashOf } from './lines';
import { PALETTES, type Palette } from './palette';
import { fontOf, type Pen } from './pen';
import { drawSigns } from './rail';
import { SvgPen } from './svg_pen';

export type PictureFormat = 'png' | 'svg';

/** Of the chart without title and legend, in pixels of the page. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the picture for one of the page: sharp also in print. */
const UNIT = 2;
const [TITLE_HEIGHT, ROW_HEIGHT, MARGIN] = [34, 20, 16];
const LEGEND_FONT = fontOf(11.5 * UNIT);
const NO_PICTURE = 'This browser gave out no picture: it may lack the memory.';
const RAIL_WORDS: Readonly<Record<RailMarkType, string>> = {
  restart: 'restart',
  eval: 'evaluation',
  checkpoint: 'checkpoint',
  learning_rate: 'learning rate changed',
  insight: 'insight',
};

/** Rejects where the browser gives out no picture, such as for want of memory. */
export async function pictureOf(
  content: ChartContent,
  theme: Theme,
  size: PictureSize,
  title: string,
  format: PictureFormat,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const pen = format === 'svg' ? new SvgPen() : canvas.getContext('2d');
  if (pen === null) throw new Error(NO_PICTURE);
  const width = size.width * UNIT;
  const signs = placed(pen, legendOf(content), width);
  const top = (TITLE_HEIGHT + ROW_HEIGHT * ((signs.at(-1)?.row ?? 0) + 1)) * UNIT;
  const height = top + size.height * UNIT;
  Object.assign(canvas, { width, height });
  const palette = PALETTES[theme];
  pen.fillStyle = palette.surface;
  pen.fillRect(0, 0, width, height);
  drawHead(pen, title, signs, palette);
  pen.save();
  pen.translate(0, top);
  const field = { width, height: height - top, unit: UNIT };
  drawChart(pen, { content, frame: frameOf(content, field) }, field.height, palette);
  pen.restore();
  if (pen instanceof SvgPen) return new Blob([pen.document(width, height, UNIT)], { type: 'image/svg+xml' });
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error(NO_PICTURE))));
  });
}

type Sign = { readonly text: string } & ({ readonly line: ChartLine } | { readonly type: RailMarkType });

function legendOf({ lines, rail }: ChartContent): readonly Sign[] {
  const types = new Set(rail.map(({ type }) => type));
  const named = lines.map((line) => ({
    text: line.smoothed ? `${line.name} (smoothed; raw faint)` : line.name,
    line,
  }));
  return [...named, ...[...types].map((type) => ({ text: RAIL_WORDS[type], type }))];
}

const SAMPLE = 26;
/** `left` in pixels of the picture. */
type Placed = Sign & { readonly left: number; readonly row: number };

function placed(pen: Pen, signs: readonly Sign[], width: number): readonly Placed[] {
  pen.font = LEGEND_FONT;
  let [right, row] = [MARGIN * UNIT, 0];
  return signs.map((sign) => {
    const room = (SAMPLE + MARGIN) * UNIT + pen.measureText(sign.text).width;
    if (right + room > width && right > MARGIN * UNIT) [right, row] = [MARGIN * UNIT, row + 1];
    right += room;
    return { ...sign, left: right - room, row };
  });
}

function drawHead(pen: Pen, title: string, signs: readonly Placed[], palette: Palette): void {
  pen.font = fontOf(14 * UNIT, '600');
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  pen.fillStyle = palette.strongText;
  pen.fillText(title, MARGIN * UNIT, (TITLE_HEIGHT / 2) * UNIT);
  pen.font = LEGEND_FONT;
  for (const sign of signs) {
    const { left } = sign;
    const y = (TITLE_HEIGHT + (sign.row + 0.5) * ROW_HEIGHT) * UNIT;
    if ('line' in sign) drawSample(pen, sign.line, left, y, palette);
    else drawSigns(pen, sign.type, [left + (SAMPLE / 2 - 3) * UNIT], y, UNIT, palette);
    pen.fillStyle = palette.strongText;
    pen.fillText(sign.text, left + SAMPLE * UNIT, y);
  }
}

function drawSample(pen: Pen, line: ChartLine, left: number, y: number, palette: Palette): void {
  pen.strokeStyle = colourOf(line, palette);
  pen.lineWidth = 2 * UNIT;
  pen.setLineDash(dashOf(line, UNIT));
  pen.beginPath();
  pen.moveTo(left, y);
  pen.lineTo(left + (SAMPLE - 6) * UNIT, y);
  pen.stroke();
  pen.setLineDash([]);
}
