/** A chart with its crosshair's readout, its legend, and the line that says what is shown. */

import { useMemo } from 'preact/hooks';
import type { ChartContent } from '../../chart/content';
import type { Series } from '../../wire/messages';
import { useApp } from '../context';
import { Blank } from '../elements/blank';
import { type ChartCardProps, type DrawnProps, drawingOf, useContent, useZoomed } from './drawing';
import { PointsTable } from './later_popups';
import { ChartPlot } from './plot';
import { Legend, ReadoutLine } from './readout';
import { shownText, sourceText } from './shown_text';

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

function Drawn(props: DrawnProps) {
  const { metric, title, task, series, handle } = props;
  const { monitor } = useApp();
  const view = monitor.view.values.value;
  const zoomed = useZoomed(props, metric);
  const besideZoomed = useZoomed(props, props.beside ?? '');
  const drawn = zoomed ?? series;
  const beside = besideZoomed ?? props.other;
  const content = useContent(props, drawn, beside);
  handle.content = content;
  // Points that come change the words once a second: they cannot be read faster.
  const beat = task.mode === 'live' ? monitor.now.value : series;
  const isThere = content !== null;
  const words = useMemo(
    () => isThere && [<Readouts {...content} />, <Shown {...props} {...{ content, drawn }} />],
    [beat, view, zoomed, besideZoomed, series.origin, props.other?.origin, props.note, isThere],
  );
  if (!content || !words) return <Nothing isEmpty={series.x.length === 0} />;
  return (
    <>
      {words[0]}
      <ChartPlot {...{ content, title, drawn, handle, beat }} />
      {words[1]}
      {handle.trouble.value !== '' && (
        <p class="shown" role="alert">
          {handle.trouble.value}
        </p>
      )}
      {handle.hasTable.value && <PointsTable content={content} title={title} />}
    </>
  );
}

function Readouts({ lines }: ChartContent) {
  return (
    <>
      <ReadoutLine lines={lines} />
      {lines.length > 1 && <Legend lines={lines} />}
    </>
  );
}

interface ShownProps extends DrawnProps {
  readonly content: ChartContent;
  readonly drawn: Series;
}

function Shown({ metric, tone, note, series, other, content, drawn }: ShownProps) {
  const { view } = useApp().monitor;
  const values = view.values.value;
  const sources = other === null ? [tone] : [tone, 'evaluation' as const];
  const extent = drawn === series ? values.history : 'stretch';
  return (
    <p class="shown">
      <span>{shownText(drawn, extent, note, drawingOf(content, values, metric, sources))}</span>
      <StretchComes series={series} />
      <span class="source">{sourceText(drawn)}</span>
      {values.history === 'latest' && drawn.cropped_points > 0 && (
        <button type="button" class="link" onClick={() => view.set({ history: 'all' })}>
          Show the whole history
        </button>
      )}
    </p>
  );
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
      <p>These points have no times, and so no place on an axis of time.</p>
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
