/** What can be done with one chart: made large, moved, given another axis, saved, read as a table. */

import { type Signal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { downloadBlob } from '../base/download';
import type { Theme } from '../base/theme';
import type { ChartContent } from '../chart/content';
import { type PictureFormat, pictureOf } from '../chart/picture';
import { moved } from '../model/arrangement';
import type { View } from '../model/view';
import { isLogarithmic } from '../model/view_values';
import { fileName, saveTable } from './chart_export';
import { useApp } from './context';
import { Icon } from './export_menu';

/** What a chart's heading and its picture know of each other. */
export class ChartHandle {
  /** What is drawn now; null while nothing is. */
  content: ChartContent | null = null;
  readonly hasTable: Signal<boolean> = signal(false);
  /** Where it is drawn; a picture that is saved has its size. */
  host: HTMLElement | null = null;
  /** Why a picture could not be saved. */
  readonly trouble: Signal<string> = signal('');
}

/** The chart's place among those of its group, if it may have another. */
export interface Placed {
  readonly charts: readonly string[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

interface ChartActionsProps {
  readonly handle: ChartHandle;
  readonly task: string;
  readonly title: string;
  /** How the view calls the chart. */
  readonly chart: string;
  /** Null where there is nothing drawn that could be saved. */
  readonly metric: string | null;
  readonly place: Placed | null;
}

export function ChartActions(props: ChartActionsProps) {
  const { view } = useApp().monitor;
  const { title, chart, metric } = props;
  const isLarge = view.values.value.large === chart;
  return (
    <span class="chart-actions">
      {metric !== null && (
        <button
          type="button"
          class="icon"
          aria-pressed={isLarge}
          aria-label={`${title}: full width`}
          title={isLarge ? 'Back to its usual size (Esc)' : 'Full width'}
          onClick={() => view.set({ large: isLarge ? null : chart })}
        >
          <Icon path={isLarge ? 'M2 7h5V2M14 9H9v5' : 'M9 2h5v5M7 14H2V9'} />
        </button>
      )}
      <ChartMenu {...props} />
    </span>
  );
}

/** Esc gives the usual size back, where it is not the way out of a zoom or a menu first. */
export function useEscape(view: View): void {
  useEffect(() => {
    const onKey = ({ key, target }: KeyboardEvent) => {
      const { large, range } = view.values.peek();
      if (key !== 'Escape' || large === null || range !== null) return;
      const inMenu = target instanceof Element && target.closest('.menu[open]') !== null;
      const inChart = target instanceof Element && target.closest('.is-large') !== null;
      if (!inMenu && (inChart || target === document.body)) view.set({ large: null });
    };
    // Before the chart itself hears it and resets its zoom.
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, [view]);
}

function ChartMenu({ handle, task, title, chart, metric, place }: ChartActionsProps) {
  const box = useRef<HTMLDetailsElement>(null);
  useClosing(box);
  const close = () => {
    box.current?.removeAttribute('open');
    // A chart that is moved on the page loses the focus on the way.
    requestAnimationFrame(() => box.current?.querySelector('summary')?.focus());
  };
  const theme = useApp().theme;
  const save = (format: PictureFormat) =>
    savePicture(handle, theme.peek(), title, format, fileName(task, title, format));
  return (
    <details class="menu" ref={box}>
      <summary class="icon" aria-label={`${title}: more`} title="More">
        <Icon path="M2.7 7.7h.6v.6h-.6zm5 0h.6v.6h-.6zm5 0h.6v.6h-.6z" />
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: it hears the clicks of the buttons in it, whichever way they came. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
      <div class="menu-items" onClick={close}>
        {place && <Moves chart={chart} place={place} />}
        {metric !== null && (
          <>
            <LogChoice metric={metric} />
            <Item name="Save as PNG" act={() => void save('png')} />
            <Item name="Save as SVG" act={() => void save('svg')} />
            <Item
              name="Save points as CSV"
              act={() => saveTable(handle.content, fileName(task, title, 'csv'))}
            />
            <Item
              name={handle.hasTable.value ? 'Hide table of points' : 'Table of points'}
              act={() => {
                handle.hasTable.value = !handle.hasTable.value;
              }}
            />
          </>
        )}
      </div>
    </details>
  );
}

async function savePicture(
  { content, host, trouble }: ChartHandle,
  theme: Theme,
  title: string,
  format: PictureFormat,
  name: string,
): Promise<void> {
  if (content === null || host === null) return;
  const size = { width: host.clientWidth, height: host.clientHeight };
  try {
    downloadBlob(await pictureOf(content, theme, size, title, format), name);
    trouble.value = '';
  } catch (error) {
    trouble.value = error instanceof Error ? error.message : String(error);
  }
}

function Moves({ chart, place }: { readonly chart: string; readonly place: Placed }) {
  const { view } = useApp().monitor;
  const move = (by: -1 | 1) => view.set({ order: moved(place.charts, view.values.peek().order, chart, by) });
  return (
    <>
      <Item name="Move left" disabled={place.isFirst} act={() => move(-1)} />
      <Item name="Move right" disabled={place.isLast} act={() => move(1)} />
    </>
  );
}

function LogChoice({ metric }: { readonly metric: string }) {
  const { view } = useApp().monitor;
  const isLog = isLogarithmic(view.values.value, metric);
  return <Item name={isLog ? 'Linear axis' : 'Logarithmic axis'} act={() => view.toggle('log', metric)} />;
}

interface ItemProps {
  readonly name: string;
  readonly disabled?: boolean;
  readonly act: () => void;
}

function Item({ name, disabled = false, act }: ItemProps) {
  return (
    <button type="button" disabled={disabled} onClick={act}>
      {name}
    </button>
  );
}

/** It closes by itself: on Esc, and when something else is clicked or has the focus. */
function useClosing(box: { readonly current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const gone = new AbortController();
    const leave = ({ target }: Event) => {
      if (box.current?.open && !box.current.contains(target as Node)) box.current.open = false;
    };
    for (const name of ['pointerdown', 'focusin']) {
      document.addEventListener(name, leave, { signal: gone.signal });
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !box.current?.open) return;
      // The card around it would take the key for its own.
      event.stopPropagation();
      box.current.open = false;
      box.current.querySelector('summary')?.focus();
    };
    box.current?.addEventListener('keydown', onKey, { signal: gone.signal });
    return () => gone.abort();
  }, []);
}
