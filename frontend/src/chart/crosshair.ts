/** The crosshair and the range that is being dragged: elements over the canvas, so that moving them draws no line anew. */

import type { ChartContent, ChartLine } from './content';
import type { Frame } from './frame';
import { strongValues } from './lines';
import { nearest } from './nearest';
import type { Palette } from './palette';
import { railSigns, railText } from './rail';
import { toPixel } from './scale';

export class Crosshair {
  readonly #overlay: HTMLElement;
  readonly #cross: HTMLElement;
  readonly #hair: HTMLElement;
  readonly #tip: HTMLElement;
  readonly #selection: HTMLElement;
  readonly #dots: HTMLElement[] = [];

  constructor(host: HTMLElement) {
    this.#overlay = within(host, 'overlay');
    this.#overlay.setAttribute('aria-hidden', 'true');
    this.#selection = within(this.#overlay, 'selection');
    this.#cross = within(this.#overlay, 'cross');
    this.#hair = within(this.#cross, 'hair');
    this.#tip = within(this.#cross, 'rail-tip');
    this.select(null, null);
    this.hide();
  }

  /** At a place on the axis, with a dot on the nearest point of every line, and what the rail has there. */
  show(x: number, content: ChartContent, frame: Frame, palette: Palette): void {
    const { unit, range } = frame;
    this.#cross.hidden = !(x >= range.min && x <= range.max);
    this.#cover();
    if (this.#cross.hidden) return;
    const pixel = toPixel(frame.x, x);
    moveTo(this.#hair, pixel / unit, frame.top / unit);
    this.#hair.style.height = `${(frame.bottom - frame.top) / unit}px`;
    for (const [index, line] of content.lines.entries()) this.#showDot(index, line, x, frame, palette);
    for (const dot of this.#dots.slice(content.lines.length)) dot.hidden = true;
    this.#say(
      content.rail.length === 0 ? '' : railText(railSigns(content.rail, frame), pixel, unit),
      frame,
      pixel,
    );
  }

  hide(): void {
    if (this.#cross.hidden) return;
    this.#cross.hidden = true;
    this.#cover();
  }

  /** The range that would be zoomed into, in pixels of the drawing. */
  select(frame: Frame | null, ends: readonly [number, number] | null): void {
    this.#selection.hidden = frame === null || ends === null;
    this.#cover();
    if (frame === null || ends === null) return;
    const [from, to] = ends;
    moveTo(this.#selection, Math.min(from, to) / frame.unit, frame.top / frame.unit);
    this.#selection.style.width = `${Math.abs(to - from) / frame.unit}px`;
    this.#selection.style.height = `${(frame.bottom - frame.top) / frame.unit}px`;
  }

  remove(): void {
    this.#overlay.remove();
  }

  /** What lies over a canvas is one more layer in every frame, also with nothing in it. */
  #cover(): void {
    this.#overlay.hidden = this.#cross.hidden && this.#selection.hidden;
  }

  #showDot(index: number, line: ChartLine, x: number, frame: Frame, palette: Palette): void {
    this.#dots[index] ??= within(this.#cross, 'dot');
    const dot = this.#dots[index];
    const at = nearest(line, x);
    const [place, value] = at === null ? [null, null] : [line.x[at], strongValues(line)[at]];
    const [left, top] = [toPixel(frame.x, place ?? Number.NaN), toPixel(frame.y, value ?? Number.NaN)];
    dot.hidden = !(left >= frame.left && left <= frame.right && top >= frame.top && top <= frame.bottom);
    if (dot.hidden) return;
    moveTo(dot, left / frame.unit, top / frame.unit);
    dot.style.background = palette.line[line.tone];
  }

  /** On the side of the crosshair that has the room. */
  #say(text: string, frame: Frame, pixel: number): void {
    this.#tip.hidden = text === '';
    if (text === '') return;
    this.#tip.textContent = text;
    const isLeft = pixel > (frame.left + frame.right) / 2;
    moveTo(this.#tip, pixel / frame.unit, frame.bottom / frame.unit);
    this.#tip.classList.toggle('is-left', isLeft);
  }
}

function within(parent: HTMLElement, name: string): HTMLElement {
  const element = document.createElement('div');
  element.className = name;
  parent.append(element);
  return element;
}

function moveTo(element: HTMLElement, left: number, top: number): void {
  element.style.translate = `${left}px ${top}px`;
}
