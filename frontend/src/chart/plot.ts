/** One chart on the page: a canvas for what is drawn, elements over it for what is pointed at. */

import type { Theme } from '../base/theme';
import type { ChartContent, ChartEvents } from './content';
import { Crosshair } from './crosshair';
import { drawChart, stripHeight } from './drawing';
import { type Frame, frameOf } from './frame';
import { followGestures } from './gestures';
import { type Drawn, firstChange, heldFrame } from './growth';
import { NEED, type Need, type Paintable, type Painter } from './invalidation';
import { nearest, shownPoints } from './nearest';
import { PALETTES } from './palette';
import { within } from './pen';
import { toValue } from './scale';

export interface PlotSettings {
  readonly theme: Theme;
  readonly content: ChartContent;
  readonly events: ChartEvents;
}

export class Plot implements Paintable {
  readonly #host: HTMLElement;
  readonly #painter: Painter;
  readonly #events: ChartEvents;
  readonly #canvas = document.createElement('canvas');
  readonly #crosshair: Crosshair;
  readonly #resizing: ResizeObserver;
  readonly #gone = new AbortController();
  #theme: Theme;
  #content: ChartContent;
  #drawn: Drawn | null = null;
  #pointed: number | null = null;
  /** In device pixels. */
  #size: { readonly width: number; readonly height: number };

  constructor(host: HTMLElement, painter: Painter, { theme, content, events }: PlotSettings) {
    this.#host = host;
    this.#painter = painter;
    this.#events = events;
    this.#theme = theme;
    this.#content = content;
    host.append(this.#canvas);
    this.#crosshair = new Crosshair(host);
    // Asked of the page once: asking at every paint would have it laid out anew each time.
    this.#size = devicePixels(host.clientWidth, host.clientHeight);
    this.#resizing = new ResizeObserver(([entry]) => entry && this.#resize(entry));
    observeSize(this.#resizing, host);
    this.#followGestures();
    painter.invalidate(this, NEED.layout);
  }

  show(content: ChartContent): void {
    if (content === this.#content) return;
    this.#content = content;
    this.#painter.invalidate(this, NEED.data);
  }

  setTheme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#painter.invalidate(this, NEED.layout);
  }

  /** The crosshair that all charts share, at a place on the axis. */
  point(x: number | null): void {
    if (x === this.#pointed) return;
    this.#pointed = x;
    this.#painter.invalidate(this, NEED.cursor);
  }

  /** The keyboard's crosshair: to the point so many further, or to an end of what is shown. */
  moveCursor(by: number): void {
    const line = this.#content.lines[0];
    const shown = line && shownPoints(line, this.#content.range);
    if (!line || !shown) return;
    const [first, last] = shown;
    const at = this.#pointed === null ? null : nearest(line, this.#pointed);
    const from = at ?? (by < 0 ? last + 1 : first - 1);
    this.#events.onPoint(line.x[Math.min(last, Math.max(first, from + by))] ?? null);
  }

  paint(need: Need): void {
    // A hidden frame has no size; the chart keeps its picture for when it is shown again.
    if (this.#size.width === 0) return;
    if (need === NEED.layout) this.#drawn = null;
    if (need >= NEED.data || this.#drawn === null) this.#draw();
    // After all charts are drawn: the next one's first text would have the page look up the styles of what has changed.
    queueMicrotask(() => this.#mark());
  }

  destroy(): void {
    this.#gone.abort();
    this.#painter.forget(this);
    this.#resizing.disconnect();
    this.#crosshair.remove();
    this.#canvas.remove();
  }

  #draw(): void {
    const { width, height } = this.#size;
    const pen = this.#canvas.getContext('2d');
    if (pen === null) return;
    const content = this.#content;
    const size = { width, height, unit: devicePixelRatio };
    const drawn = { content, frame: frameOf(content, size, heldFrame(this.#drawn, content)) };
    const from = firstChange(this.#drawn, drawn);
    this.#drawn = drawn;
    // Either of them empties the canvas.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const depth = from > 0 ? stripHeight(drawn.frame) : height;
    within(pen, from, 0, width, depth, () => {
      pen.clearRect(from, 0, width, depth);
      drawChart(pen, drawn, height, PALETTES[this.#theme], from);
    });
  }

  get #frame(): Frame | null {
    return this.#drawn?.frame ?? null;
  }

  #mark(): void {
    const [drawn, x] = [this.#drawn, this.#pointed];
    if (drawn === null) return;
    // For whoever measures how soon a point is seen.
    this.#host.dataset.drawnUpTo = String(lastPlace(this.#content) ?? '');
    if (x === null) this.#crosshair.hide();
    else this.#crosshair.show(x, this.#content, drawn.frame, PALETTES[this.#theme]);
  }

  #resize(entry: ResizeObserverEntry): void {
    const reckoned = devicePixels(entry.contentRect.width, entry.contentRect.height);
    const [exact] = entry.devicePixelContentBoxSize ?? [];
    // A browser that only plays another screen says nonsense here.
    const isExact = exact !== undefined && Math.abs(exact.inlineSize - reckoned.width) <= 1;
    const size = isExact ? { width: exact.inlineSize, height: exact.blockSize } : reckoned;
    // The first time it mostly tells what is known.
    if (size.width === this.#size.width && size.height === this.#size.height) return;
    this.#size = size;
    this.#painter.invalidate(this, NEED.layout);
  }

  #followGestures(): void {
    const target = {
      frame: () => this.#frame,
      whole: () => this.#content.whole,
      point: (pixel: number | null) => this.#events.onPoint(pixel === null ? null : this.#placeAt(pixel)),
      select: (ends: readonly [number, number] | null) => this.#crosshair.select(this.#frame, ends),
      zoom: this.#events.onZoom,
    };
    followGestures(this.#host, target, this.#gone.signal);
  }

  /** Of the point in sight that is nearest to the pixel, among all lines. */
  #placeAt(pixel: number): number | null {
    const { lines, range } = this.#content;
    const x = this.#frame ? toValue(this.#frame.x, pixel) : Number.NaN;
    const places = lines.map((line) => line.x[nearest(line, x) ?? -1]);
    const shown = places.filter((place) => place != null && place >= range.min && place <= range.max);
    const nearer = (a: number, b: number) => (Math.abs(b - x) < Math.abs(a - x) ? b : a);
    return shown.length === 0 ? null : (shown as number[]).reduce(nearer);
  }
}

/** Sharp at any zoom of the browser where it says how many of its pixels an element covers; elsewhere nearly so. */
function observeSize(observer: ResizeObserver, host: HTMLElement): void {
  try {
    observer.observe(host, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(host);
  }
}

function devicePixels(width: number, height: number): { readonly width: number; readonly height: number } {
  return { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
}

function lastPlace({ lines }: ChartContent): number | null {
  const places = lines.map(({ x, end }) => x[end - 1]).filter((x) => x != null);
  return places.length === 0 ? null : Math.max(...places);
}
