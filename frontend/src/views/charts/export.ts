/** What a chart shows, as a table and as files. */

import { downloadBlob } from '../../base/download';
import type { XRange } from '../../chart/chart_data';
import type { ChartContent, ChartLine } from '../../chart/content';
import { inSight } from '../../chart/nearest';

/** A point that is shown, in the units of the wire. */
export interface ShownPoint {
  readonly line: string;
  readonly x: number;
  readonly step: number;
  readonly attempt: number;
  readonly wallTime: number | null;
  readonly value: number | null;
  readonly smoothed: number | null;
  readonly nonFinite: 'nan' | 'inf' | '-inf' | undefined;
}

/** Every point in sight, line by line in the order of time. */
export function shownPoints({ lines, range }: Pick<ChartContent, 'lines' | 'range'>): readonly ShownPoint[] {
  return lines.flatMap((line) => pointsOf(line, range));
}

function pointsOf(line: ChartLine, range: XRange): readonly ShownPoint[] {
  const { series, x: places } = line;
  const words = new Map(series.non_finite);
  const [first, end] = inSight(line, range);
  const points: ShownPoint[] = [];
  for (let i = first; i < end; i += 1) {
    const x = places[i];
    if (x == null || x < range.min || x > range.max) continue;
    points.push({
      line: line.name,
      x,
      step: series.step[i] ?? 0,
      attempt: series.attempt[i] ?? 1,
      wallTime: series.wall_time[i] || null,
      value: series.value[i] ?? null,
      smoothed: line.smoothed ? (series.smoothed[i] ?? null) : null,
      nonFinite: words.get(i),
    });
  }
  return points;
}

/** As the route `export` spells them. */
const WORDS = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' } as const;

export function csvOf(content: Pick<ChartContent, 'lines' | 'range'>): string {
  const rows = shownPoints(content).map((point) => [
    quoted(point.line),
    point.attempt,
    point.step,
    point.wallTime ?? '',
    point.nonFinite ? WORDS[point.nonFinite] : (point.value ?? ''),
    point.smoothed ?? '',
  ]);
  const lines = [['series', 'attempt', 'step', 'wall_time', 'value', 'smoothed'], ...rows];
  return lines.map((line) => `${line.join(',')}\n`).join('');
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** "char-lm loss.png": a name that every file system takes. */
export function fileName(task: string, chart: string, ending: string): string {
  return `${`${task} ${chart}`.replace(/[^\p{L}\p{N} ._-]+/gu, '-')}.${ending}`;
}

export function saveTable(content: ChartContent | null, name: string): void {
  if (content !== null) downloadBlob(new Blob([csvOf(content)], { type: 'text/csv' }), name);
}
