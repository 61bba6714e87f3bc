/** A chart with its heading, its crosshair's readout, and the line that says what is shown. */

import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatCount } from '../base/numbers';
import { formatClock } from '../base/times';
import { rangeOf } from '../chart/chart_data';
import type { ChartContent, ChartLine } from '../chart/content';
import { nearest } from '../chart/nearest';
import type { Tone } from '../chart/palette';
import { type Readout, readoutAt } from '../chart/readout';
import { chartSummary } from '../chart/summary';
import type { ViewValues } from '../model/view_values';
import type { Attempt, Series } from '../wire/messages';
import { ChartPlot } from './chart_plot';
import { type TaskProps, useApp } from './context';
import { shownText, sourceText } from './shown_text';

interface ChartCardProps extends TaskProps {
  readonly metric: string;
  readonly title: string;
  readonly tone: Tone;
  readonly note: string | null;
}

export function ChartCard(props: ChartCardProps) {
  const state = props.open.series.chart(props.metric).value;
  switch (state.kind) {
    case 'loading':
      return <div class="plot skeleton" role="status" aria-label={`${props.title} is being read`} />;
    case 'failed':
      return (
        <Blank>
          <p>{state.failure.sentence}</p>
          <button type="button" class="button" onClick={() => void props.open.series.refresh()}>
            Try again
          </button>
        </Blank>
      );
    case 'ready':
      return <Drawn {...props} series={state.series} />;
  }
}

/** The place of a chart that has nothing to draw. */
export function Blank({ children }: { readonly children: ComponentChildren }) {
  return <div class="blank">{children}</div>;
}

function Drawn({
  open,
  task,
  metric,
  title,
  tone,
  note,
  series,
}: ChartCardProps & { readonly series: Series }) {
  const { monitor } = useApp();
  const view = monitor.view.values.value;
  const detail = monitor.detail.detail.value;
  const zoomed = detail?.task === open.id && detail.range === view.range ? detail.series[metric] : undefined;
  const drawn = zoomed ?? series;
  const content = useMemo(
    () => contentOf(title, tone, drawn, task.attempts, view),
    [title, tone, drawn, task.attempts, view],
  );
  // Read out by whoever listens, who has no use for three of them a second.
  const second = monitor.now.value;
  const summary = useMemo(() => chartSummary(title, drawn), [title, second, drawn.x.length === 0]);
  if (drawn.x.length === 0) return <Blank>No points in this range.</Blank>;
  return (
    <>
      {content.lines.map((line) => (
        <ReadoutLine key={line.name} line={line} />
      ))}
      <ChartPlot content={content} summary={summary} />
      <p class="shown">
        <span>{shownText(drawn, zoomed ? 'stretch' : view.history, note)}</span>
        <span class="source">{sourceText(drawn)}</span>
        {view.history === 'latest' && drawn.cropped_points > 0 && (
          <button type="button" class="link" onClick={() => monitor.view.set({ history: 'all' })}>
            Show the whole history
          </button>
        )}
      </p>
    </>
  );
}

function contentOf(
  name: string,
  tone: Tone,
  series: Series,
  attempts: readonly Attempt[],
  view: ViewValues,
): ChartContent {
  const whole = fullRange(series, attempts, view.history);
  const smoothed = view.ema > 0 || view.ma > 1;
  const line = { name, tone, age: 0, series, x: series.x, first: 0, end: series.x.length, smoothed };
  return {
    lines: [line],
    attempts,
    axis: 'accumulated',
    range: view.range ?? whole,
    whole,
    isLog: false,
    gapShaded: false,
    rail: [],
    pins: [],
  };
}

/** The charts of a task share one axis; a cropped one begins with what it shows. */
function fullRange(series: Series, attempts: readonly Attempt[], history: 'latest' | 'all') {
  const [first = 0, last = 0] = [series.x[0], series.x.at(-1)];
  const ends = attempts.map((attempt) => attempt.x_end);
  const cropped = history === 'latest' && series.cropped_points > 0;
  return rangeOf(cropped ? first : Math.min(attempts[0]?.x_start ?? first, first), Math.max(last, ...ends));
}

/** The point under the crosshair, or the latest one. */
function ReadoutLine({ line }: { readonly line: ChartLine }) {
  const x = useApp().pointed.value;
  const { series, smoothed } = line;
  const index = x === null ? null : nearest(line, x);
  const readout = readoutAt(series, index ?? line.end - 1);
  if (readout === null) return null;
  return (
    <p class={`readout ${index === null ? '' : 'is-pointed'}`}>
      {partsOf(readout, smoothed).map(([name, text]) => (
        <span key={name} class={`readout-${name}`}>
          <span class="readout-name">{name}</span> <b>{text}</b>
        </span>
      ))}
    </p>
  );
}

function partsOf(readout: Readout, smoothed: boolean): readonly (readonly [string, string])[] {
  return [
    ...(smoothed ? ([['smoothed', readout.smoothed]] as const) : []),
    ['raw', readout.raw],
    ['step', formatCount(readout.step)],
    ['attempt', String(readout.attempt)],
    ['at', readout.wallTime === null ? '–' : formatClock(readout.wallTime)],
  ];
}
