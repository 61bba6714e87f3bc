/** How all charts are drawn: smoothing, how much of the history, and the way back from a zoom. */

import { DEFAULT_VIEW, MAX_EMA, MAX_MA } from '../model/view_values';
import { useApp } from './context';

export function ChartToolbar() {
  const { view } = useApp().monitor;
  const { ema, ma, history, range } = view.values.value;
  return (
    <div class="toolbar" role="group" aria-label="Smoothing and range of all charts">
      {range && (
        <button type="button" class="button" onClick={() => view.set({ range: null })}>
          Reset zoom
        </button>
      )}
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
      <label class="control">
        <input
          type="checkbox"
          checked={history === 'all'}
          onChange={(event) => view.set({ history: event.currentTarget.checked ? 'all' : 'latest' })}
        />
        <span>Whole history</span>
      </label>
    </div>
  );
}
