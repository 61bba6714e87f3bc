/** What a chart says of the place that is pointed at. It follows the pointer, so that the chart around it need not. */

import { formatCount, formatValue } from '../../base/numbers';
import { formatClock } from '../../base/times';
import type { ChartLine } from '../../chart/content';
import { colourOf, dashOf, strongValues } from '../../chart/lines';
import { nearest } from '../../chart/nearest';
import { PALETTES } from '../../chart/palette';
import { type Readout, readoutAt } from '../../chart/readout';
import { useApp } from '../context';

/** The point of a line that is next to the place pointed at, or else the last one in sight. */
function usePoint(line: ChartLine): { readonly index: number; readonly isPointed: boolean } {
  const { pointed, view } = useApp().monitor;
  const place = pointed.place.value;
  const x = place?.x ?? view.values.value.range?.max ?? Number.POSITIVE_INFINITY;
  return { index: nearest(line, x) ?? line.end - 1, isPointed: place !== null };
}

/** Of a chart with several lines, the strongest. */
export function ReadoutLine({ lines }: { readonly lines: readonly ChartLine[] }) {
  return lines[0] ? <Readings line={lines[0]} /> : null;
}

function Readings({ line }: { readonly line: ChartLine }) {
  const { index, isPointed } = usePoint(line);
  const readout = readoutAt(line.series, index);
  if (readout === null) return null;
  return (
    <p class={`readout ${isPointed ? 'is-pointed' : ''}`}>
      {partsOf(readout, line.smoothed).map(([name, text]) => (
        <span key={name} class={`readout-${name}`}>
          {name} <b>{text}</b>
        </span>
      ))}
    </p>
  );
}

/** The same in one sentence, for who hears it. */
export function spokenAt(line: ChartLine | undefined, x: number | undefined): string {
  const index = line && x !== undefined ? nearest(line, x) : null;
  const readout = line && index !== null ? readoutAt(line.series, index) : null;
  if (!line || readout === null) return '';
  return partsOf(readout, line.smoothed)
    .map((part) => part.join(' '))
    .join(', ');
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

const MOST_NAMES = 6;

/** The names of the lines, each with its value at the place pointed at. */
export function Legend({ lines }: { readonly lines: readonly ChartLine[] }) {
  const more = lines.length - MOST_NAMES;
  return (
    <ul class="legend" aria-label="Lines">
      {lines.slice(0, MOST_NAMES).map((line) => (
        <Entry key={line.name} line={line} />
      ))}
      {more > 0 && <li>and {more} earlier</li>}
    </ul>
  );
}

function Entry({ line }: { readonly line: ChartLine }) {
  const colour = colourOf(line, PALETTES[useApp().theme.value]);
  const value = strongValues(line)[usePoint(line).index];
  return (
    <li>
      <svg viewBox="0 0 22 6" width="22" height="6" aria-hidden="true">
        <path d="M0 3h22" stroke={colour} stroke-width="2" stroke-dasharray={dashOf(line, 1).join(' ')} />
      </svg>
      {line.name} <b>{value == null ? '–' : formatValue(value)}</b>
    </li>
  );
}
