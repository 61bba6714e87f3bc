/** The picture of a series, kept in step with the model, the theme and the zoom; drawn by `chart`. */

import { useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ChartContent, ChartEvents } from '../chart/content';
import { Plot } from '../chart/plot';
import { useApp } from './context';

interface ChartPlotProps {
  readonly content: ChartContent;
  readonly summary: string;
}

export function ChartPlot({ content, summary }: ChartPlotProps) {
  const { painter, theme, monitor, pointed } = useApp();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);

  useEffect(() => {
    if (host.current === null) return;
    const events: ChartEvents = {
      onPoint: (x) => {
        pointed.value = x;
      },
      onZoom: (range) => monitor.view.set({ range }),
    };
    plot.current = new Plot(host.current, painter, { theme: theme.peek(), content, events });
    return () => plot.current?.destroy();
  }, []);
  // Before the page is painted, so that it and the chart are painted in one frame.
  useLayoutEffect(() => plot.current?.show(content), [content]);
  useSignalEffect(() => plot.current?.setTheme(theme.value));
  useSignalEffect(() => plot.current?.point(pointed.value));

  return (
    <div
      class="plot"
      ref={host}
      role="img"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair, so the picture takes the focus.
      tabIndex={0}
      aria-label={`${summary} Arrow keys move the crosshair.`}
      onKeyDown={(event) => moveByKey(event, plot.current)}
    />
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

function moveByKey(event: KeyboardEvent, plot: Plot | null): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  plot?.moveCursor(event.shiftKey ? step * 10 : step);
}
