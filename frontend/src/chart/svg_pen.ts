/** A pen that writes SVG. It knows what `Pen` asks for as our drawing uses it: of arcs only whole circles. */

import type { Pen } from './pen';

const ANCHORS: Readonly<Record<string, string>> = { right: 'end', center: 'middle' };
/** How far below its y a text's baseline lies, in its size: programs differ in what they know of other baselines. */
const BASELINES: Readonly<Record<string, number>> = { top: 0.8, middle: 0.35 };
/** Of a letter, in its size; nothing here is drawn by it but the ground behind a name. */
const LETTER_WIDTH = 0.58;

/** `restore` leaves a clip and a move, and no more: every part of a chart sets the styles that it draws with. */
export class SvgPen implements Pen {
  fillStyle: Pen['fillStyle'] = '#000000';
  strokeStyle: Pen['strokeStyle'] = '#000000';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  #text = '';
  /** How many groups each `restore` to come has to close. */
  readonly #saved: number[] = [];
  #clips = 0;
  #path = '';
  #dash = '';
  /** Shapes of one style that follow each other are one path: noise is a thousand rectangles. */
  #pending = '';
  #style = '';

  /** The document; `scale` is how many units of the drawing are one pixel of the page. */
  document(width: number, height: number, scale: number): string {
    this.#write('');
    const size = svg`width="${width / scale}" height="${height / scale}" viewBox="0 0 ${width} ${height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${this.#text}</svg>\n`;
  }

  save(): void {
    this.#saved.push(0);
  }

  restore(): void {
    this.#write('</g>'.repeat(this.#saved.pop() ?? 0));
  }

  translate(x: number, y: number): void {
    this.#open(svg`transform="translate(${x} ${y})"`);
  }

  clip(): void {
    this.#clips += 1;
    this.#write(`<clipPath id="clip${this.#clips}"><path d="${this.#path}"/></clipPath>`);
    this.#open(`clip-path="url(#clip${this.#clips})"`);
  }

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += svg`M${x} ${y}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += svg`L${x} ${y}`;
  }

  closePath(): void {
    this.#path += 'Z';
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += rectangle(x, y, width, height);
  }

  arc(x: number, y: number, r: number): void {
    this.#path += svg`M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  }

  setLineDash(dash: readonly number[]): void {
    this.#dash = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  }

  stroke(): void {
    const line = svg` stroke-width="${this.lineWidth}" stroke-linejoin="${this.lineJoin}"`;
    this.#draw(this.#path, ` fill="none"${paint('stroke', this.strokeStyle)}${line}${this.#dash}`);
  }

  fill(): void {
    this.#draw(this.#path, paint('fill', this.fillStyle));
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#draw(rectangle(x, y, width, height), paint('fill', this.fillStyle));
  }

  fillText(text: string, x: number, y: number): void {
    const [weight, size] = this.#font();
    const place = svg`x="${x}" y="${y + size * (BASELINES[this.textBaseline] ?? 0)}"`;
    const font = svg`font-family="system-ui, sans-serif" font-size="${size}" font-weight="${weight}"`;
    const anchor = `text-anchor="${ANCHORS[this.textAlign] ?? 'start'}"`;
    const colour = paint('fill', this.fillStyle);
    this.#write(`<text ${place} ${font} ${anchor}${colour}>${escaped(text)}</text>`);
  }

  measureText(text: string): { readonly width: number } {
    return { width: text.length * LETTER_WIDTH * this.#font()[1] };
  }

  #font(): readonly [weight: string, size: number] {
    const [, weight = '400', size] = /(?:(\d+) )?([\d.]+)px/.exec(this.font) ?? [];
    return [weight, Number(size)];
  }

  #open(attributes: string): void {
    this.#write(`<g ${attributes}>`);
    this.#saved.push((this.#saved.pop() ?? 0) + 1);
  }

  #draw(path: string, style: string): void {
    if (style !== this.#style) this.#write('');
    this.#style = style;
    this.#pending += path;
  }

  #write(part: string): void {
    const path = this.#pending && `<path d="${this.#pending}"${this.#style}/>`;
    this.#pending = '';
    this.#text += path + part;
  }
}

/** Numbers in it with two decimals at most. */
function svg(texts: TemplateStringsArray, ...values: readonly (number | string)[]): string {
  const tidy = values.map((one) => (typeof one === 'number' ? Math.round(one * 100) / 100 : one));
  return String.raw({ raw: texts }, ...tidy);
}

/** Not every program reads the opacity from the colour's last two digits. */
function paint(name: 'fill' | 'stroke', colour: Pen['fillStyle']): string {
  const text = String(colour);
  const opacity =
    text.length === 9 ? svg` ${name}-opacity="${Number.parseInt(text.slice(7), 16) / 255}"` : '';
  return ` ${name}="${text.slice(0, 7)}"${opacity}`;
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return svg`M${x} ${y}h${width}v${height}h${-width}Z`;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
