/** A chart with its crosshair's readout, its legend, and the line that says what is shown. */

import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ChartContent } from '../chart/content';
import type { Tone } from '../chart/palette';
import { chartSummary } from '../chart/summary';
import { detailOf } from '../model/detail_store';
import { TITLES } from '../model/metric_choice';
import { isLogarithmic, type ViewValues } from '../model/view_values';
import type { Marks, Series, Task } from '../wire/messages';
import { countNotPositive, hasGap, isSmoothable, linesOf, type Source, wholeRange } from './chart_content';
import { pinsOf, railKey, railOf } from './chart_marks';
import type { ChartHandle } from './chart_menu';
import { ChartPlot } from './chart_plot';
import { Legend, ReadoutLine } from './chart_readout';
import { PointsTable } from './chart_table';
import { type TaskProps, useApp } from './context';
import { type Drawing, shownText, sourceText } from './shown_text';

interface ChartCardProps extends TaskProps {
  readonly metric: string;
  readonly title: string;
  readonly tone: Tone;
  readonly note: string | null;
  /** An evaluation that is drawn in the same chart. */
  readonly beside: string | null;
  readonly handle: ChartHandle;
}

export function ChartCard(props: ChartCardProps) {
  const { open, metric, beside, title, handle } = props;
  const state = open.series.chart(metric).value;
  const other = beside === null ? null : open.series.chart(beside).value;
  handle.content = null;
  switch (state.kind) {
    case 'loading':
      return <div class="plot skeleton" role="status" aria-label={`${title} is being read`} />;
    case 'failed':
      return (
        <Blank>
          <p>{state.failure.sentence}</p>
          <button type="button" class="button" onClick={() => void open.series.refresh()}>
            Try again
          </button>
        </Blank>
      );
    case 'ready':
      return <Drawn {...props} series={state.series} other={other?.kind === 'ready' ? other.series : null} />;
  }
}

/** The place of a chart that has nothing to draw. */
export function Blank({ children }: { readonly children: ComponentChildren }) {
  return <div class="blank">{children}</div>;
}

interface DrawnProps extends ChartCardProps {
  readonly series: Series;
  readonly other: Series | null;
}

function Drawn(props: DrawnProps) {
  const { metric, title, tone, note, series, handle } = props;
  const { monitor } = useApp();
  const view = monitor.view.values.value;
  const zoomed = useZoomed(props, metric);
  const besideZoomed = useZoomed(props, props.beside ?? '');
  const drawn = zoomed ?? series;
  const beside = besideZoomed ?? props.other;
  const content = useContent(props, drawn, beside);
  handle.content = content;
  // Read out by whoever listens, who has no use for three of them a second.
  const second = monitor.now.value;
  const summary = useMemo(() => chartSummary(title, drawn), [title, second, drawn.x.length === 0]);
  if (content === null) return <Nothing isEmpty={series.x.length === 0} />;
  const sources = beside === null ? [tone] : [tone, 'evaluation' as const];
  return (
    <>
      <ReadoutLine lines={content.lines} />
      {content.lines.length > 1 && <Legend lines={content.lines} />}
      <ChartPlot content={content} summary={summary} handle={handle} />
      <p class="shown">
        <span>
          {shownText(
            drawn,
            zoomed ? 'stretch' : view.history,
            note,
            drawingOf(content, view, metric, sources),
          )}
        </span>
        <StretchComes series={series} />
        <span class="source">{sourceText(drawn)}</span>
        {view.history === 'latest' && drawn.cropped_points > 0 && (
          <button type="button" class="link" onClick={() => monitor.view.set({ history: 'all' })}>
            Show the whole history
          </button>
        )}
      </p>
      {handle.trouble.value !== '' && (
        <p class="shown" role="alert">
          {handle.trouble.value}
        </p>
      )}
      {handle.hasTable.value && <PointsTable content={content} title={title} />}
    </>
  );
}

function useZoomed({ open }: DrawnProps, metric: string): Series | null {
  const { view, detail } = useApp().monitor;
  const { axis, range, history } = view.values.value;
  return history === 'all' ? detailOf(detail.detail.value, open.id, axis, range, metric) : null;
}

/** What is to be drawn; only what has changed is made anew. Null where no point has a place. */
function useContent(props: DrawnProps, drawn: Series, beside: Series | null): ChartContent | null {
  const { open, task, title, tone, metric } = props;
  const view = useApp().monitor.view.values.value;
  const { axis } = view;
  const marks = open.marks.marks.value;
  const { attempts } = task;
  const begins = railKey(axis, attempts);
  const smoothing = isSmoothing(view);
  const lines = useMemo(
    () => linesOf(sourcesOf(title, tone, drawn, beside), axis, attempts, smoothing),
    [title, tone, drawn, beside, begins, smoothing],
  );
  const rail = useMemo(() => railOf(marks, axis, attempts), [marks, begins]);
  const pins = useMemo(
    () => pinsFor(marks, beside === null ? metric : props.beside, lines, task, view),
    [marks, lines, begins],
  );
  const whole = wholeFor(props, view, task);
  const isLog = isLogarithmic(view, metric) && countNotPositive(lines).any;
  return useMemo(() => {
    if (whole === null || drawn.x.length === 0) return null;
    const gapShaded = hasGap(lines, axis);
    return { lines, attempts, axis, range: view.range ?? whole, whole, isLog, gapShaded, rail, pins };
  }, [lines, rail, pins, axis, isLog, view.range, whole?.min, whole?.max]);
}

function isSmoothing({ ema, ma }: ViewValues): boolean {
  return ema > 0 || ma > 1;
}

function sourcesOf(title: string, tone: Tone, series: Series, beside: Series | null): readonly Source[] {
  const own: Source = { name: title, tone, series };
  if (beside === null) return [own];
  return [own, { name: TITLES.eval_loss, tone: 'evaluation', series: beside }];
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

function wholeFor({ series, other }: DrawnProps, { axis, history }: ViewValues, { attempts }: Task) {
  const all = other === null ? [series] : [series, other];
  return wholeRange(all, axis, attempts, history === 'latest' && series.cropped_points > 0);
}

function drawingOf(
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

function Nothing({ isEmpty }: { readonly isEmpty: boolean }) {
  const { view } = useApp().monitor;
  const { range } = view.values.value;
  if (isEmpty) return <Blank>No points yet.</Blank>;
  if (range !== null)
    return (
      <Blank>
        <p>No points in this range.</p>
        <button type="button" class="button" onClick={() => view.set({ range: null })}>
          Reset zoom
        </button>
      </Blank>
    );
  return (
    <Blank>
      <p>Nobody wrote down the times of these points, so they have no place on an axis of time.</p>
      <button type="button" class="button" onClick={() => view.set({ axis: 'accumulated' })}>
        Show them by steps
      </button>
    </Blank>
  );
}

/** Every point of a stretch is on its way; the picture of before stays meanwhile. */
function StretchComes({ series }: { readonly series: Series }) {
  const isLoading = useApp().monitor.detail.loading.value;
  if (!isLoading || series.cropped_points === 0) return null;
  return (
    <span class="coming" role="status">
      reading every point of this stretch…
    </span>
  );
}
