/** One chart on the page: the only place that holds a uPlot. */

import uPlot from 'uplot';
import type { Theme } from '../base/theme';
import type { ChartContent } from './chart_data';
import { NEED, type Need, type Paintable, type Painter } from './invalidation';
import { type PlotEvents, plotOptions } from './options';
import { PALETTES, type Tone } from './palette';

export interface PlotSettings extends PlotEvents {
  readonly tone: Tone;
  readonly theme: Theme;
  readonly content: ChartContent;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export class Plot implements Paintable {
  readonly #host: HTMLElement;
  readonly #painter: Painter;
  readonly #tone: Tone;
  readonly #plot: uPlot;
  readonly #resizing: ResizeObserver;
  #theme: Theme;
  #content: ChartContent;
  #size: Size;

  constructor(host: HTMLElement, painter: Painter, settings: PlotSettings) {
    this.#host = host;
    this.#painter = painter;
    this.#tone = settings.tone;
    this.#theme = settings.theme;
    this.#content = settings.content;
    const read = () => ({ content: this.#content, palette: PALETTES[this.#theme], tone: this.#tone });
    // Asked of the page once: asking at every paint would have it laid out anew each time.
    this.#size = { width: host.clientWidth, height: host.clientHeight };
    this.#plot = new uPlot(plotOptions(read, settings, this.#size.width, this.#size.height), undefined, host);
    this.#resizing = new ResizeObserver(([entry]) => this.#resize(entry?.contentRect ?? this.#size));
    this.#resizing.observe(host);
    painter.invalidate(this, NEED.data);
  }

  show(content: ChartContent): void {
    this.#content = content;
    this.#painter.invalidate(this, NEED.data);
  }

  setTheme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#painter.invalidate(this, NEED.data);
  }

  /** The keyboard's crosshair: to the point so many further, or to an end of what is shown. */
  moveCursor(by: number): void {
    const [first, last] = this.#visible();
    const at = this.#plot.cursor.idx ?? (by < 0 ? last + 1 : first - 1);
    const index = Math.min(last, Math.max(first, at + by));
    this.#setCursorAt(index);
  }

  hideCursor(): void {
    this.#plot.setCursor({ left: -10, top: -10 });
  }

  paint(need: Need): void {
    const { width, height } = this.#size;
    // A hidden frame has no size; the chart keeps its picture for when it is shown again.
    if (width === 0) return;
    if (need >= NEED.layout && this.#isOtherSize(width, height)) this.#plot.setSize({ width, height });
    if (need >= NEED.data) this.#drawData();
  }

  destroy(): void {
    this.#painter.forget(this);
    this.#resizing.disconnect();
    this.#plot.destroy();
  }

  #drawData(): void {
    const { series, range, smoothed } = this.#content;
    const strong = smoothed ? series.smoothed : EMPTY;
    // uPlot only reads its data; its types do not say so.
    const data = [series.x, series.value, strong] as unknown as uPlot.AlignedData;
    // Without `false` uPlot would reset the zoom; with it nothing is drawn until the scale is set.
    this.#plot.setData(data, false);
    this.#plot.setScale('x', { min: range.min, max: range.max });
    // For whoever measures how soon a point is seen.
    this.#host.dataset.drawnUpTo = String(series.x.at(-1) ?? '');
  }

  #setCursorAt(index: number): void {
    const x = this.#content.series.x[index];
    if (x === undefined) return;
    this.#plot.setCursor({ left: this.#plot.valToPos(x, 'x'), top: 0 });
  }

  #visible(): readonly [number, number] {
    const [first = 0, last = 0] = this.#plot.series[0]?.idxs ?? [];
    return [first, last];
  }

  #isOtherSize(width: number, height: number): boolean {
    return width !== this.#plot.width || height !== this.#plot.height;
  }

  #resize({ width, height }: Size): void {
    this.#size = { width: Math.round(width), height: Math.round(height) };
    this.#painter.invalidate(this, NEED.layout);
  }
}

const EMPTY: readonly null[] = [];
