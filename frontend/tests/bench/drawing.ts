/** The page of `tests/bench/drawing.py`: the same six charts drawn by uPlot and by our own code, in turns. */

import uPlot from 'uplot';
import uplotStyles from 'uplot/dist/uPlot.min.css?inline';
import type { ChartContent } from '../../src/chart/content';
import { Painter } from '../../src/chart/invalidation';
import { PALETTES } from '../../src/chart/palette';
import { Plot } from '../../src/chart/plot';
import { steady } from '../../src/views/charts/content';
import { contentOf, lineOf, noise } from '../chart/lines_for_tests';

const CHARTS = 6;
const POINTS = 4000;
/** In pixels of the page. */
const size = { width: 700, height: 232 };

interface Curve {
  readonly x: number[];
  readonly value: number[];
  readonly smoothed: number[];
}

/** The latest points of a loss that falls, after so many steps; noisy ones spread by a tenth of their value. */
function curve(end: number, isNoisy: boolean): Curve {
  const random = noise(7);
  for (let i = 0; i < (end % 997) * 2; i += 1) random();
  const x = Array.from({ length: POINTS }, (_, at) => end - POINTS + at);
  const level = x.map((step) => 1 + 3 / (1 + step / 1500));
  const gauss = () => Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
  const value = level.map((one) => (isNoisy ? one * (1 + 0.1 * gauss()) : one));
  let mean = value[0] ?? 0;
  const smoothed = value.map((one) => (mean = 0.9 * mean + 0.1 * one));
  return { x, value, smoothed };
}

interface Drawer {
  /** Draws all charts anew with what is there after so many steps. */
  tick(end: number): void;
}

function holders(): HTMLElement[] {
  document.body.replaceChildren();
  return Array.from({ length: CHARTS }, () => {
    const host = document.createElement('div');
    host.style.cssText = `position:relative;contain:strict;width:${size.width}px;height:${size.height}px;float:left`;
    document.body.append(host);
    return host;
  });
}

type UplotData = uPlot.AlignedData;

function byUplot(dataAt: (end: number, chart: number) => UplotData): Drawer {
  const palette = PALETTES.light;
  const axis = { stroke: palette.text, grid: { stroke: palette.grid, width: 1 }, font: '11px sans-serif' };
  const plots = holders().map(
    (host) =>
      new uPlot(
        {
          ...size,
          legend: { show: false },
          scales: { x: { time: false } },
          axes: [axis, axis],
          series: [
            {},
            { stroke: `${palette.line.training}4d`, width: 1.25, points: { show: false } },
            { stroke: palette.line.training, width: 2, points: { show: false } },
          ],
        },
        [[], [], []],
        host,
      ),
  );
  return {
    tick: (end) => {
      for (const [chart, plot] of plots.entries()) plot.setData(dataAt(end, chart));
    },
  };
}

/** `isStrip`: as the live tab has it, where a chart stands still and only what is new is drawn. */
function byOurselves(isNoisy: boolean, isStrip: boolean): Drawer {
  const painter = new Painter((callback) => requestAnimationFrame(callback));
  const events = { onPoint: () => {}, onZoom: () => {} };
  const theme = 'light' as const;
  // The tab keeps them from tick to tick.
  const [origin, rail] = [{}, [] as const];
  const contentAt = (end: number): ChartContent => {
    const { x, value, smoothed } = curveAt(end, isNoisy);
    const line = lineOf(value, { smoothed: true, x });
    const shown = { min: x[0] ?? 0, max: x.at(-1) ?? 1 };
    const range = isStrip ? steady(shown) : shown;
    const series = { ...line.series, x, smoothed, ...(isStrip && { origin }) };
    return contentOf([{ ...line, series }], { range, whole: range, rail });
  };
  const first = contentAt(20_000);
  const plots = holders().map((host) => new Plot(host, painter, { theme, content: first, events }));
  return {
    tick: (end) => {
      const content = contentAt(end);
      for (const plot of plots) plot.show({ ...content });
    },
  };
}

/** Made before anything is measured: to make numbers is nobody's drawing. */
const curves = new Map<string, Curve>();

function curveAt(end: number, isNoisy: boolean): Curve {
  const key = `${end} ${isNoisy}`;
  const known = curves.get(key) ?? curve(end, isNoisy);
  curves.set(key, known);
  return known;
}

function madeData(isNoisy: boolean): (end: number) => UplotData {
  return (end) => {
    const { x, value, smoothed } = curveAt(end, isNoisy);
    return [x, value, smoothed];
  };
}

/** Curves that move on by ten steps a tick, as those of the live tab do. */
function givenData(given: readonly Curve[], ticks: number): (end: number, chart: number) => UplotData {
  const moved = Array.from({ length: ticks + 1 }, (_, at) => given[0]?.x.map((x) => x + 10 * at) ?? []);
  return (end, chart) => {
    const { value, smoothed } = given[chart % given.length] as Curve;
    return [moved[end - FIRST_END] ?? [], value, smoothed];
  };
}

const style = document.createElement('style');
style.textContent = `${uplotStyles} canvas{position:absolute;inset:0;width:100%;height:100%}`;
document.head.append(style);

let drawer: Drawer | null = null;
const FIRST_END = 20_000;
let end = FIRST_END;

Object.assign(window, {
  /** Sets up `what` ("uplot", "whole" or "strip") with smooth or noisy values. */
  begin(what: string, isNoisy: boolean, ticks: number) {
    end = FIRST_END;
    for (let at = 0; at <= ticks; at += 1) curveAt(end + at, isNoisy);
    drawer = what === 'uplot' ? byUplot(madeData(isNoisy)) : byOurselves(isNoisy, what === 'strip');
  },
  /** Sets up uPlot with the curves of another page, in charts as large as that page's. */
  beginWith(given: readonly Curve[], width: number, height: number, ticks: number) {
    Object.assign(size, { width, height });
    end = FIRST_END;
    drawer = byUplot(givenData(given, ticks));
  },
  /** A tick, and the frame that it is seen in. */
  tick: () =>
    new Promise((done) => {
      end += 1;
      requestAnimationFrame(() => {
        drawer?.tick(end);
        requestAnimationFrame(() => requestAnimationFrame(done));
      });
    }),
});
