/** uPlot's options for our charts: axes, lines, crosshair. */

import uPlot from 'uplot';
import { attemptBreaks, type ChartContent, lonePoints } from './chart_data';
import { drawBoundaries, drawNonFinite } from './decorations';
import { faint, type Palette, type Tone } from './palette';
import { accumulatedTicks, TICK_SPACE, valueLabels } from './ticks';

/** What the options read anew at every paint. */
export interface PlotState {
  readonly content: ChartContent;
  readonly palette: Palette;
  readonly tone: Tone;
}

export interface PlotEvents {
  readonly onCursor: (index: number | null) => void;
  readonly onZoom: (range: { min: number; max: number } | null) => void;
}

type Read = () => PlotState;

const AXIS_FONT = '11px system-ui, sans-serif';
const VALUE_AXIS_WIDTH = 54;
/** Fewer pixels than this from point to point, and dots would hide the line. */
const DOT_SPACE = 9;

export function plotOptions(read: Read, events: PlotEvents, width: number, height: number): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: cursorOptions(events),
    scales: {
      x: { time: false, auto: false, range: (_plot, min, max) => [min, max] },
      y: { range: (_plot, min, max) => valueRange(min, max) },
    },
    axes: [xAxis(read), yAxis(read)],
    series: [{}, rawLine(read), smoothedLine(read)],
    hooks: {
      drawAxes: [(plot) => drawBoundaries(plot, read().content, read().palette)],
      draw: [(plot) => drawNonFinite(plot, read().content, read().palette)],
      setCursor: [(plot) => events.onCursor(plot.cursor.idx ?? null)],
      setSelect: [(plot) => zoomTo(plot, events)],
    },
  };
}

/** All charts share one crosshair; zooming is shared by the view, which keeps it in the URL. */
function cursorOptions(events: PlotEvents): uPlot.Cursor {
  return {
    y: false,
    drag: { x: true, y: false, setScale: false, dist: 6 },
    points: { size: 7 },
    sync: {
      key: 'trainmon',
      scales: ['x', null],
      filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
    },
    bind: {
      dblclick: () => () => {
        events.onZoom(null);
        return null;
      },
    },
  };
}

function zoomTo(plot: uPlot, events: PlotEvents): void {
  const { left, width } = plot.select;
  if (width <= 0) return;
  events.onZoom({ min: plot.posToVal(left, 'x'), max: plot.posToVal(left + width, 'x') });
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function valueRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const range = uPlot.rangeNum(min, max, 0.1, true);
  return [range[0] ?? 0, range[1] ?? 1];
}

function xAxis(read: Read): uPlot.Axis {
  const ticksOf = (plot: uPlot) => {
    const { content } = read();
    return accumulatedTicks(content.attempts, content.range, plot.bbox.width / devicePixelRatio);
  };
  return {
    ...axisLook(read),
    size: 26,
    space: TICK_SPACE,
    splits: (plot) => ticksOf(plot).map((tick) => tick.x),
    values: (plot) => ticksOf(plot).map((tick) => tick.label),
  };
}

function yAxis(read: Read): uPlot.Axis {
  return {
    ...axisLook(read),
    size: VALUE_AXIS_WIDTH,
    space: 32,
    values: (_plot, splits, _axis, _space, increment) => [...valueLabels(splits, increment)],
  };
}

function axisLook(read: Read): uPlot.Axis {
  return {
    stroke: () => read().palette.text,
    font: AXIS_FONT,
    gap: 6,
    grid: { stroke: () => read().palette.grid, width: 1 },
    ticks: { show: false },
  };
}

function rawLine(read: Read): uPlot.Series {
  const stroke = (plot: uPlot) => {
    const { content, palette, tone } = read();
    const alpha = hasRoomNow(plot) ? palette.sparseAlpha : palette.rawAlpha;
    return content.smoothed ? faint(palette.line[tone], alpha) : palette.line[tone];
  };
  return {
    stroke,
    width: 1.25,
    gaps: (plot, ...rest) => withBreaks(plot, read, rest[3]),
    points: dots(read),
  };
}

function smoothedLine(read: Read): uPlot.Series {
  const stroke = () => read().palette.line[read().tone];
  return {
    stroke,
    width: 2,
    gaps: (plot, ...rest) => withBreaks(plot, read, rest[3]),
    points: { show: false },
  };
}

/** No line leads from the end of one attempt to the begin of the next. */
function withBreaks(plot: uPlot, read: Read, gaps: uPlot.Series.Gaps): uPlot.Series.Gaps {
  const { series } = read().content;
  const pixel = (index: number) => Math.round(plot.valToPos(series.x[index] ?? 0, 'x', true));
  const breaks = attemptBreaks(series).map(([from, to]) => breakBetween(pixel(from), pixel(to)));
  return [...gaps, ...breaks].sort((a, b) => a[0] - b[0]);
}

/** A gap of one pixel would leave the flanks of a steep line standing, so a narrow one is made as wide as the stroke. */
function breakBetween(from: number, to: number): uPlot.Series.Gap {
  const missing = Math.max(0, BREAK_WIDTH * devicePixelRatio - (to - from));
  return [Math.floor(from - missing / 2), Math.ceil(to + missing / 2)];
}

const BREAK_WIDTH = 4;

/** Every point where there is room; else those that no line reaches. */
function dots(read: Read): uPlot.Series.Points {
  const fill = () => read().palette.line[read().tone];
  return {
    size: 4.5,
    width: 0,
    fill,
    stroke: fill,
    show: (plot, _series, first, last) =>
      hasRoom(plot, first, last) || lonePoints(read().content.series).length > 0,
    filter: (plot) => (hasRoomNow(plot) ? null : [...lonePoints(read().content.series)]),
  };
}

function hasRoomNow(plot: uPlot): boolean {
  const [first = 0, last = 0] = plot.series[0]?.idxs ?? [];
  return hasRoom(plot, first, last);
}

function hasRoom(plot: uPlot, first: number, last: number): boolean {
  return (last - first) * DOT_SPACE <= plot.bbox.width / devicePixelRatio;
}
