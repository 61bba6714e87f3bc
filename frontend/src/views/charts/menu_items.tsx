/** What the menu of a chart offers: moved, given another axis, saved, read as a table. */

import { downloadBlob } from '../../base/download';
import type { Theme } from '../../base/theme';
import { type PictureFormat, pictureOf } from '../../chart/picture';
import { moved } from '../../model/metrics/arrangement';
import { isLogarithmic } from '../../model/view/view_values';
import { useApp } from '../context';
import { fileName, saveTable } from './export';
import type { ChartHandle, ChartMenuProps, Placed } from './handle';

export function ChartMenuItems({ handle, task, title, chart, metric, place }: ChartMenuProps) {
  const { theme } = useApp();
  const save = (format: PictureFormat) =>
    savePicture(handle, theme.peek(), title, format, fileName(task, title, format));
  return (
    <>
      {place && <Moves chart={chart} place={place} />}
      {metric !== null && (
        <>
          <PinChoice metric={metric} />
          <LogChoice metric={metric} />
          {chart === 'loss' && <ExpectedChoice />}
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
    </>
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

/** Whatever the reader thinks is what this training is about. */
function PinChoice({ metric }: { readonly metric: string }) {
  const { monitor } = useApp();
  const isPinned = monitor.view.values.value.pinned.includes(metric);
  return <Item name={isPinned ? 'Unpin' : 'Pin to the top'} act={() => monitor.togglePin(metric)} />;
}

function LogChoice({ metric }: { readonly metric: string }) {
  const { view } = useApp().monitor;
  const isLog = isLogarithmic(view.values.value, metric);
  return <Item name={isLog ? 'Linear axis' : 'Logarithmic axis'} act={() => view.toggle('log', metric)} />;
}

/** Language models alone follow the law that it is taken from; where one does not yet, the chart says why. */
function ExpectedChoice() {
  const { view, told } = useApp().monitor;
  const { expected } = view.values.value;
  const task = told.value;
  const isModelled = task?.mode === 'live' && task.metrics.some(({ metric }) => metric === 'perplexity');
  if (!expected && !isModelled) return null;
  return (
    <Item
      name={expected ? 'Hide the expected loss' : 'Expected final loss'}
      act={() => view.set({ expected: !expected })}
    />
  );
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
