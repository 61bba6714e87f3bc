/** How far the value axis reaches: to all that is in sight, with some air, and robust where there is little to see. */

import type { ChartContent, ChartLine } from './content';

/** Of the distance from the lowest to the highest value, above and below. */
const AIR = 0.1;
const LOG_AIR = 0.05;

export function valueRange(content: ChartContent): readonly [number, number] {
  const [low, high] = extentOf(content);
  if (low > high) return content.isLog ? [0.1, 1] : [0, 1];
  return content.isLog ? logRange(low, high) : linearRange(low, high);
}

/** Values of one sign keep zero as the end; ends are rounded, so that the axis does not tremble at every tick. */
export function linearRange(low: number, high: number): readonly [number, number] {
  const distance = high - low || Math.abs(high) || 1;
  const air = high > low ? AIR * distance : low === 0 ? 0 : distance;
  const grain = 10 ** Math.floor(Math.log10(distance)) / 10;
  const from = rounded(Math.floor((low - air) / grain), grain);
  const to = rounded(Math.ceil((high + air) / grain), grain);
  if (from === to) return [from, from + distance];
  return [low >= 0 ? Math.max(0, from) : from, high <= 0 && low < 0 ? Math.min(0, to) : to];
}

/** Multiplied rather than divided, an increment such as 0.1 would leave 0.30000000000000004. */
function rounded(count: number, grain: number): number {
  return grain < 1 ? count / Math.round(1 / grain) : count * grain;
}

export function logRange(low: number, high: number): readonly [number, number] {
  if (low === high) return [low / 2, high * 2];
  const air = (high / low) ** LOG_AIR;
  return [low / air, high * air];
}

function extentOf(content: ChartContent): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const { min, max } = content.range;
  const above = content.isLog ? 0 : Number.NEGATIVE_INFINITY;
  const see = (line: ChartLine, values: readonly (number | null)[]) => {
    for (let i = line.first; i < line.end; i += 1) {
      const [x, value] = [line.x[i], values[i]];
      if (value == null || x == null || x < min || x > max || value <= above) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  };
  for (const line of content.lines) {
    see(line, line.series.value);
    if (line.smoothed) see(line, line.series.smoothed);
  }
  return [low, high];
}
