/** The points of a chart as a table, for those who read numbers or cannot see the picture. */

import { useMemo } from 'preact/hooks';
import { formatCount, formatValue, plural } from '../../base/numbers';
import { formatDateTime } from '../../base/times';
import type { ChartContent } from '../../chart/content';
import { WORDS } from '../../chart/readout';
import { useApp } from '../context';
import { type ShownPoint, shownPoints } from './export';

const MOST_ROWS = 200;

/** Told anew once a second: rows that change faster cannot be read. */
export function PointsTable({ content, title }: { readonly content: ChartContent; readonly title: string }) {
  const second = useApp().monitor.now.value;
  return useMemo(
    () => <Table content={content} title={title} />,
    [second, content.range, content.lines.length, content.axis],
  );
}

function Table({ content, title }: { readonly content: ChartContent; readonly title: string }) {
  const points = shownPoints(content);
  const latest = latestOf(points);
  const smoothed = content.lines.some((line) => line.smoothed);
  const named = content.lines.length > 1;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <div class="points" tabIndex={0} role="region" aria-label={`${title}: table of points`}>
      <table>
        <caption>{captionOf(latest.length, points.length)}</caption>
        <thead>
          <tr>
            {named && <th scope="col">line</th>}
            <th scope="col">step</th>
            <th scope="col">attempt</th>
            <th scope="col">value</th>
            {smoothed && <th scope="col">smoothed</th>}
            <th scope="col">at</th>
          </tr>
        </thead>
        <tbody>
          {latest.map((point, index) => (
            <tr key={index}>
              {named && <td>{point.line}</td>}
              <td>{formatCount(point.step)}</td>
              <td>{point.attempt}</td>
              <td>{point.nonFinite ? WORDS[point.nonFinite] : valueText(point.value)}</td>
              {smoothed && <td>{valueText(point.smoothed)}</td>}
              <td>{point.wallTime === null ? '–' : formatDateTime(point.wallTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function captionOf(shown: number, all: number): string {
  if (shown === all) return `${plural(all, 'point')} in sight, latest first`;
  return `Latest ${formatCount(shown)} of ${formatCount(all)} points in sight; all of them are in the CSV.`;
}

/** Latest first, and of each line as many as there is room for. */
function latestOf(points: readonly ShownPoint[]): readonly ShownPoint[] {
  const lines = new Map<string, ShownPoint[]>();
  for (const point of points) {
    const line = lines.get(point.line);
    if (line) line.push(point);
    else lines.set(point.line, [point]);
  }
  const each = Math.ceil(MOST_ROWS / Math.max(1, lines.size));
  return [...lines.values()].flatMap((line) => line.slice(-each).reverse());
}

function valueText(value: number | null): string {
  return value === null ? '–' : formatValue(value);
}
