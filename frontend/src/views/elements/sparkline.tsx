/** The course of a loss in the height of a line of text; a value that has no height is a cross at the lower edge. */

import { isOneValue } from '../../base/numbers';
import type { Sparkline as Line } from '../../wire/messages';

const WIDTH = 112;
const HEIGHT = 26;
const PAD = 3;

export function Sparkline({ line }: { readonly line: Line | null }) {
  const drawn = line === null ? null : sparkPaths(line.values);
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {drawn && <path d={drawn.curve} />}
      {drawn?.crosses ? <path class="spark-cross" d={drawn.crosses} /> : null}
    </svg>
  );
}

/** Paths of the curve (broken where a value is null) and of the crosses there. */
export function sparkPaths(values: readonly (number | null)[]): { curve: string; crosses: string } {
  const finite = values.filter((value) => value !== null);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const span = isOneValue(low, high) ? 0 : high - low;
  let curve = '';
  let crosses = '';
  let isDown = false;
  values.forEach((value, at) => {
    const x = round(PAD + (at / Math.max(1, values.length - 1)) * (WIDTH - 2 * PAD));
    if (value === null) crosses += `M${x - 2} ${HEIGHT - 5}l4 4m0-4l-4 4`;
    else {
      const y = round(HEIGHT - PAD - (span > 0 ? (value - low) / span : 0.5) * (HEIGHT - 2 * PAD));
      // A point between two gaps has no line: drawn to itself it is a dot.
      curve += isDown ? `L${x} ${y}` : `M${x} ${y}h0`;
    }
    isDown = value !== null;
  });
  return { curve, crosses };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
