/** How all charts are drawn: smoothing, their axes, how much of the history, and the way back from a zoom. */

import { AXES } from '../../model/axis';
import { MAX_EMA, MAX_MA } from '../../model/view/look';
import { DEFAULT_VIEW, EVERY } from '../../model/view/view_values';
import type { Axis } from '../../wire/messages';
import { useApp } from '../context';

const AXIS_NAMES: Readonly<Record<Axis, string>> = {
  accumulated: 'steps, end to end',
  step: 'steps, attempts overlaid',
  active: 'time without downtime',
  wall: 'time on the clock',
};

/** `hasEvaluation`: its loss is in the logs. */
export function ChartToolbar({ hasEvaluation }: { readonly hasEvaluation: boolean }) {
  const { view } = useApp().monitor;
  const { log, history, together, range } = view.values.value;
  return (
    <div class="toolbar" role="group" aria-label="How all charts are drawn">
      <Smoothing />
      <AxisChoice />
      <Check
        name="Log scale"
        title="Logarithmic y axis, where there are values above 0"
        checked={log.includes(EVERY)}
        onChange={(checked) => view.set({ log: checked ? [EVERY] : [] })}
      />
      <Check
        name="Whole history"
        title="All points rather than the latest 4,000, thinned; zoom in for every single one"
        checked={history === 'all'}
        onChange={(checked) => view.set({ history: checked ? 'all' : 'latest' })}
      />
      <Check
        name="Train and eval together"
        title={hasEvaluation ? 'Both losses in one chart' : 'No evaluation loss in the logs of this task yet'}
        checked={together}
        disabled={!hasEvaluation && !together}
        onChange={(checked) => view.set({ together: checked })}
      />
      {range && (
        <button type="button" class="button" onClick={() => view.set({ range: null })}>
          Reset zoom
        </button>
      )}
    </div>
  );
}

function Smoothing() {
  const { view } = useApp().monitor;
  const { ema, ma } = view.values.value;
  return (
    <>
      <label class="control" title="Weight of the exponential moving average: 0 is off, 0.99 the smoothest">
        <span>EMA weight</span>
        <input
          type="range"
          min="0"
          max={MAX_EMA}
          step="0.01"
          value={ema}
          onInput={(event) => view.set({ ema: Number(event.currentTarget.value) })}
          onDblClick={() => view.set({ ema: DEFAULT_VIEW.ema })}
        />
        <output>{ema.toFixed(2)}</output>
      </label>
      <label class="control" title="Points in the moving average that follows: 1 is off">
        <span>MA points</span>
        <input
          class="field"
          type="number"
          min="1"
          max={MAX_MA}
          step="1"
          value={ma}
          onInput={(event) => {
            const points = Number(event.currentTarget.value);
            if (Number.isInteger(points) && points >= 1 && points <= MAX_MA) view.set({ ma: points });
          }}
        />
      </label>
    </>
  );
}

function AxisChoice() {
  const { monitor } = useApp();
  const { axis } = monitor.view.values.value;
  return (
    <label class="control" title="What the x axis of all charts counts">
      <span>x axis</span>
      <select
        class="field"
        value={axis}
        onChange={(event) => monitor.zoom.setAxis(event.currentTarget.value as Axis)}
      >
        {AXES.map((one) => (
          <option key={one} value={one}>
            {AXIS_NAMES[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckProps {
  readonly name: string;
  readonly title: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Check({ name, title, checked, disabled = false, onChange }: CheckProps) {
  return (
    <label class="control" title={title}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{name}</span>
    </label>
  );
}
