/** A pen that writes SVG. It knows what `Pen` asks for as our drawing uses it: of arcs only whole circles. */

import type { Pen } from './pen';

type Style = Pick<Pen, 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'font' | 'textAlign' | 'textBaseline'>;

const ANCHORS: Readonly<Record<string, string>> = { right: 'end', center: 'middle' };
/** How far below its y a text's baseline lies, in its size: programs differ in what they know of other baselines. */
const BASELINES: Readonly<Record<string, number>> = { top: 0.8, middle: 0.35 };
/** Of a letter, in its size; nothing here is drawn by it but the ground behind a name. */
const LETTER_WIDTH = 0.58;

export class SvgPen implements Pen {
  fillStyle: Pen['fillStyle'] = '#000000';
  strokeStyle: Pen['strokeStyle'] = '#000000';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  readonly #parts: string[] = [];
  readonly #saved: { readonly style: Style; readonly groups: number }[] = [];
  #groups = 0;
  #clips = 0;
  #path = '';
  #dash = '';
  /** Rectangles of one colour that follow each other are one path: noise is a thousand of them. */
  #rectangles = '';
  #rectanglesFill: Pen['fillStyle'] = '';

  /** The document; `scale` is how many units of the drawing are one pixel of the page. */
  document(width: number, height: number, scale: number): string {
    this.#endRectangles();
    const size = `width="${tidy(width / scale)}" height="${tidy(height / scale)}" viewBox="0 0 ${tidy(width)} ${tidy(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${this.#parts.join('')}</svg>\n`;
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, font, textAlign, textBaseline } = this;
    const style = { fillStyle, strokeStyle, lineWidth, font, textAlign, textBaseline };
    this.#saved.push({ style, groups: this.#groups });
  }

  restore(): void {
    const saved = this.#saved.pop();
    if (saved === undefined) return;
    Object.assign(this, saved.style);
    this.#write('</g>'.repeat(this.#groups - saved.groups));
    this.#groups = saved.groups;
  }

  translate(x: number, y: number): void {
    this.#open(`transform="translate(${tidy(x)} ${tidy(y)})"`);
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
    this.#path += `M${tidy(x)} ${tidy(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${tidy(x)} ${tidy(y)}`;
  }

  closePath(): void {
    this.#path += 'Z';
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += rectangle(x, y, width, height);
  }

  arc(x: number, y: number, radius: number): void {
    const [r, d] = [tidy(radius), tidy(2 * radius)];
    this.#path += `M${tidy(x - radius)} ${tidy(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0`;
  }

  setLineDash(dash: readonly number[]): void {
    this.#dash = dash.length === 0 ? '' : ` stroke-dasharray="${dash.map(tidy).join(' ')}"`;
  }

  stroke(): void {
    if (this.#path === '') return;
    const width = ` stroke-width="${tidy(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"`;
    this.#write(
      `<path d="${this.#path}" fill="none"${paint('stroke', this.strokeStyle)}${width}${this.#dash}/>`,
    );
  }

  fill(): void {
    if (this.#path !== '') this.#write(`<path d="${this.#path}"${paint('fill', this.fillStyle)}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    if (this.fillStyle !== this.#rectanglesFill) this.#endRectangles();
    this.#rectanglesFill = this.fillStyle;
    this.#rectangles += rectangle(x, y, width, height);
  }

  fillText(text: string, x: number, y: number): void {
    const size = this.#fontSize();
    const [weight = ''] = this.font.match(/^\d+(?= )/) ?? [];
    const font = `font-family="system-ui, sans-serif" font-size="${tidy(size)}"${weight && ` font-weight="${weight}"`}`;
    const anchor = ANCHORS[this.textAlign];
    const place = `x="${tidy(x)}" y="${tidy(y + size * (BASELINES[this.textBaseline] ?? 0))}"`;
    const aligned = anchor ? ` text-anchor="${anchor}"` : '';
    this.#write(`<text ${place} ${font}${aligned}${paint('fill', this.fillStyle)}>${escaped(text)}</text>`);
  }

  measureText(text: string): { readonly width: number } {
    return { width: text.length * LETTER_WIDTH * this.#fontSize() };
  }

  #fontSize(): number {
    return Number.parseFloat(this.font.match(/[\d.]+(?=px)/)?.[0] ?? '10');
  }

  #open(attributes: string): void {
    this.#write(`<g ${attributes}>`);
    this.#groups += 1;
  }

  #write(part: string): void {
    this.#endRectangles();
    this.#parts.push(part);
  }

  #endRectangles(): void {
    if (this.#rectangles === '') return;
    this.#parts.push(`<path d="${this.#rectangles}"${paint('fill', this.#rectanglesFill)}/>`);
    this.#rectangles = '';
  }
}

/** Not every program reads the opacity from the colour's last two digits. */
function paint(name: 'fill' | 'stroke', colour: Pen['fillStyle']): string {
  const text = String(colour);
  const opacity =
    text.length === 9 ? ` ${name}-opacity="${tidy(Number.parseInt(text.slice(7), 16) / 255)}"` : '';
  return ` ${name}="${text.slice(0, 7)}"${opacity}`;
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return `M${tidy(x)} ${tidy(y)}h${tidy(width)}v${tidy(height)}h${tidy(-width)}Z`;
}

function tidy(number: number): string {
  return String(Math.round(number * 100) / 100);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
}
