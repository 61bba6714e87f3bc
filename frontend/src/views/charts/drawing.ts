/** What a chart's card draws, put together from the model; from tick to tick only what has changed is made anew. */

import { useMemo } from 'preact/hooks';
import type { ChartContent } from '../../chart/content';
import type { Tone } from '../../chart/palette';
import { titleOf } from '../../model/metrics/metric_words';
import { detailOf } from '../../model/task/detail_store';
import { toldInsights } from '../../model/task/insights';
import type { KnownSeries } from '../../model/task/series_store';
import { isLogarithmic, type ViewValues } from '../../model/view/view_values';
import type { Marks, Series, Task } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { countNotPositive, hasGap, isSmoothable, linesOf, type Source, steady, wholeRange } from './content';
import type { ChartHandle } from './handle';
import { pinsOf, railKey, railOf, shadeOf } from './marks';
import type { Drawing } from './shown_text';

export interface ChartCardProps extends TaskProps {
  readonly metric: string;
  readonly title: string;
  readonly tone: Tone;
  readonly note: string | null;
  /** An evaluation that is drawn in the same chart. */
  readonly beside: string | null;
  readonly handle: ChartHandle;
}

export interface DrawnProps extends ChartCardProps {
  readonly series: KnownSeries;
  readonly other: KnownSeries | null;
}

/** The points of a zoomed stretch, where the server was asked for them. */
export function useZoomed({ open }: DrawnProps, metric: string): Series | null {
  const { view, detail } = useApp().monitor;
  const { axis, range, history } = view.values.value;
  return history === 'all' ? detailOf(detail.detail.value, open.id, axis, range, metric) : null;
}

/** Null where no point has a place. */
export function useContent(props: DrawnProps, drawn: Series, beside: Series | null): ChartContent | null {
  const { open, task, title, tone, metric } = props;
  const view = useApp().monitor.view.values.value;
  const { axis } = view;
  const marks = open.marks.marks.value;
  const { attempts } = task;
  const insights = toldInsights(task, view.muted);
  const begins = railKey(axis, attempts, insights);
  const smoothing = isSmoothing(view);
  const lines = useMemo(
    () => linesOf(sourcesOf(title, tone, drawn, beside), axis, attempts, smoothing),
    [title, tone, drawn, beside, begins, smoothing],
  );
  const rail = useMemo(() => railOf(marks, axis, attempts, insights), [marks, begins]);
  const pins = useMemo(
    () => pinsFor(marks, beside === null ? metric : props.beside, lines, task, view),
    [marks, lines, begins],
  );
  const spoken = insights.find(({ id }) => id === view.insight);
  const { origin } = props.series;
  const shade = useMemo(
    () => (spoken ? shadeOf(spoken, axis, attempts, drawn) : null),
    [spoken?.id, spoken?.open || spoken?.x_end, begins, origin],
  );
  const expected = props.handle.expected.value;
  const whole = wholeFor(props, view, task);
  const isLog = isLogarithmic(view, metric) && countNotPositive(lines).any;
  return useMemo(() => {
    if (whole === null || drawn.x.length === 0) return null;
    const gapShaded = hasGap(lines, axis);
    const all = expected ? [...lines, expected] : lines;
    const range = view.range ?? whole;
    return { lines: all, attempts, axis, range, whole, isLog, gapShaded, rail, pins, shade };
  }, [lines, expected, rail, pins, shade, axis, isLog, view.range, whole?.min, whole?.max]);
}

function isSmoothing({ ema, ma }: ViewValues): boolean {
  return ema > 0 || ma > 1;
}

function sourcesOf(title: string, tone: Tone, series: Series, beside: Series | null): readonly Source[] {
  const own: Source = { name: title, tone, series };
  if (beside === null) return [own];
  return [own, { name: titleOf('eval_loss'), tone: 'evaluation', series: beside }];
}

/** On the line of the metric that the best evaluation is of. */
function pinsFor(
  marks: Marks | null,
  metric: string | null,
  lines: ChartContent['lines'],
  { attempts }: Task,
  { axis }: ViewValues,
) {
  const best = marks?.best ?? null;
  if (best === null || best.metric !== metric) return [];
  const line = lines.find((one) => one.tone === 'evaluation') ?? lines[0];
  return pinsOf(best, line, axis, attempts);
}

function wholeFor(
  { series, other, handle }: DrawnProps,
  { axis, history }: ViewValues,
  { attempts, mode }: Task,
) {
  const all = other === null ? [series] : [series, other];
  const isCropped = history === 'latest' && series.cropped_points > 0;
  const known = wholeRange(all, axis, attempts, isCropped);
  const whole = known && mode === 'live' ? steady(known, isCropped) : known;
  const end = handle.expected.value?.x.at(-1) ?? Number.NEGATIVE_INFINITY;
  return whole && { ...whole, max: Math.max(whole.max, end) };
}

/** What the line under the chart says of how it is drawn. */
export function drawingOf(
  { lines, isLog }: ChartContent,
  view: ViewValues,
  metric: string,
  tones: readonly Tone[],
): Drawing {
  const logWanted = isLogarithmic(view, metric);
  const raw = tones.filter((tone) => !isSmoothable(tone));
  return {
    notPositive: isLog ? countNotPositive(lines).left : 0,
    nothingPositive: logWanted && !isLog,
    unsmoothed: isSmoothing(view) ? raw.map((tone) => (tones.length > 1 ? tone : 'drawn')) : [],
  };
}
