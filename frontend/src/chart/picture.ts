/** A chart as a file: the same drawing, with a title and a legend, since it leaves the page that said what it is. */

import type { Theme } from '../base/theme';
import type { ChartContent, ChartLine, RailMarkType } from './content';
import { drawChart } from './drawing';
import { colourOf, dashOf } from './lines';
import { PALETTES, type Palette } from './palette';
import { fontOf, type Pen } from './pen';
import { drawSign } from './rail';
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
const RAIL_WORDS: Readonly<Record<RailMarkType, string>> = {
  restart: 'restart',
  eval: 'evaluation',
  checkpoint: 'checkpoint',
  learning_rate: 'learning rate changed',
};

/** Rejects where the browser gives out no picture, such as for want of memory. */
export async function pictureOf(
  content: ChartContent,
  theme: Theme,
  size: PictureSize,
  title: string,
  format: PictureFormat,
): Promise<Blob> {
  const palette = PALETTES[theme];
  if (format === 'svg') {
    const pen = new SvgPen();
    const plan = planOf(pen, content, size);
    drawPicture(pen, plan, content, palette, title);
    return new Blob([pen.document(plan.width, plan.height, UNIT)], { type: 'image/svg+xml' });
  }
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('This browser draws no picture now: it may lack the memory.');
  const plan = planOf(pen, content, size);
  canvas.width = plan.width;
  canvas.height = plan.height;
  drawPicture(pen, plan, content, palette, title);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('This browser gave out no picture.'))));
  });
}

/** In pixels of the picture; `top` is where the chart begins. */
interface Plan {
  readonly rows: readonly (readonly Placed[])[];
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function planOf(pen: Pen, content: ChartContent, size: PictureSize): Plan {
  const width = size.width * UNIT;
  const rows = rowsOf(pen, legendOf(content), width);
  const top = (TITLE_HEIGHT + ROW_HEIGHT * rows.length) * UNIT;
  return { rows, top, width, height: top + size.height * UNIT };
}

function drawPicture(pen: Pen, plan: Plan, content: ChartContent, palette: Palette, title: string): void {
  const { rows, top, width, height } = plan;
  pen.fillStyle = palette.surface;
  pen.fillRect(0, 0, width, height);
  pen.font = fontOf(14 * UNIT, '600');
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  pen.fillStyle = palette.strongText;
  pen.fillText(title, MARGIN * UNIT, (TITLE_HEIGHT / 2) * UNIT);
  for (const [index, row] of rows.entries()) {
    drawRow(pen, row, (TITLE_HEIGHT + (index + 0.5) * ROW_HEIGHT) * UNIT, palette);
  }
  pen.save();
  pen.translate(0, top);
  drawChart(pen, content, { width, height: height - top, unit: UNIT }, palette);
  pen.restore();
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
type Placed = Sign & { readonly left: number };

function rowsOf(pen: Pen, signs: readonly Sign[], width: number): readonly (readonly Placed[])[] {
  pen.font = fontOf(11.5 * UNIT);
  const rows: Placed[][] = [[]];
  let left = MARGIN * UNIT;
  for (const sign of signs) {
    const room = (SAMPLE + MARGIN) * UNIT + pen.measureText(sign.text).width;
    if (left + room > width && left > MARGIN * UNIT) {
      rows.push([]);
      left = MARGIN * UNIT;
    }
    rows.at(-1)?.push({ ...sign, left });
    left += room;
  }
  return rows;
}

function drawRow(pen: Pen, row: readonly Placed[], y: number, palette: Palette): void {
  pen.font = fontOf(11.5 * UNIT);
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  for (const sign of row) {
    if ('line' in sign) drawSample(pen, sign.line, sign.left, y, palette);
    else drawSign(pen, sign.type, sign.left + (SAMPLE / 2 - 3) * UNIT, y, UNIT, palette);
    pen.fillStyle = palette.strongText;
    pen.fillText(sign.text, sign.left + SAMPLE * UNIT, y);
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
