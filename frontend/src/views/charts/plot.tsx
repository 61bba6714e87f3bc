/** The picture of a chart, kept in step with the model, the theme, the zoom and what is pointed at; drawn by `chart`. */

import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { XRange } from '../../chart/chart_data';
import type { ChartContent, ChartEvents } from '../../chart/content';
import { Plot } from '../../chart/plot';
import { chartSummary } from '../../chart/summary';
import type { Series } from '../../wire/messages';
import { useApp } from '../context';
import { zoomed } from './content';
import type { ChartHandle } from './handle';
import { spokenAt } from './readout';

interface ChartPlotProps {
  readonly content: ChartContent;
  readonly title: string;
  readonly drawn: Series;
  readonly handle: ChartHandle;
  /** Another one whenever the summary is to be made anew. */
  readonly beat: unknown;
}

export function ChartPlot({ content, title, drawn, handle, beat }: ChartPlotProps) {
  const { painter, theme, monitor } = useApp();
  const { pointed, view } = monitor;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  // What the keys have moved to: who cannot see the readout hears it.
  const spoken = useSignal('');
  // Read out by whoever listens, who has no use for three of them a second.
  const summary = useMemo(() => chartSummary(title, drawn), [title, beat]);

  // Before the page is painted, so that it and the chart are painted in one frame.
  useLayoutEffect(() => {
    if (host.current === null) return;
    handle.host = host.current;
    const events: ChartEvents = {
      onPoint: (x) => pointed.point(x, 'chart'),
      onZoom: (range) => view.set({ range }),
    };
    plot.current = new Plot(host.current, painter, { theme: theme.peek(), content, events });
    return () => plot.current?.destroy();
  }, []);
  useLayoutEffect(() => plot.current?.show(content), [content]);
  useSignalEffect(() => plot.current?.setTheme(theme.value));
  useSignalEffect(() => plot.current?.point(pointed.place.value?.x ?? null));

  return (
    <>
      <div
        class="plot"
        ref={host}
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair, so the picture takes the focus.
        tabIndex={0}
        aria-label={`${summary} Arrow keys move the crosshair, plus and minus zoom, Escape shows everything.`}
        onKeyDown={(event) => {
          const range = zoomByKey(event, content, pointed.place.peek()?.x);
          if (range !== undefined) view.set({ range });
          else if (moveByKey(event, plot.current))
            spoken.value = spokenAt(content.lines[0], pointed.place.peek()?.x);
        }}
      />
      <p class="visually-hidden" role="status">
        {spoken}
      </p>
    </>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -50,
  PageDown: 50,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
const FACTORS: Readonly<Record<string, number>> = { '+': 0.5, '=': 0.5, '-': 2 };

/** The new range, or undefined where the key was none for the range. */
function zoomByKey(
  { key, ctrlKey, metaKey }: KeyboardEvent,
  { range, whole }: ChartContent,
  around: number | undefined,
): XRange | null | undefined {
  // With these it is the browser that zooms.
  const factor = ctrlKey || metaKey ? undefined : FACTORS[key];
  return factor === undefined ? undefined : zoomed(range, whole, around, factor);
}

/** Whether the key was one for the crosshair. */
function moveByKey(event: KeyboardEvent, plot: Plot | null): boolean {
  const step = STEPS[event.key];
  if (step === undefined) return false;
  event.preventDefault();
  plot?.moveCursor(event.shiftKey ? step * 10 : step);
  return true;
}
