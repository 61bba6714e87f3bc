/** What a chart draws. The shapes are those of the wire, of which a chart needs no more than this. */

export interface ChartSeries {
  readonly x: readonly number[];
  readonly step: readonly number[];
  readonly wall_time: readonly (number | null)[];
  readonly value: readonly (number | null)[];
  readonly smoothed: readonly (number | null)[];
  readonly attempt: readonly number[];
  readonly non_finite: readonly (readonly [number, 'nan' | 'inf' | '-inf'])[];
}

/** Where an attempt lies on the accumulated axis, and the raw step that it began from. */
export interface ChartAttempt {
  readonly attempt: number;
  readonly start_step: number;
  readonly x_start: number;
  readonly x_end: number;
}

export interface XRange {
  readonly min: number;
  readonly max: number;
}

export interface ChartContent {
  readonly series: ChartSeries;
  readonly attempts: readonly ChartAttempt[];
  readonly range: XRange;
  /** False where smoothing changes nothing: then the raw line is drawn strong, and alone. */
  readonly smoothed: boolean;
}

/** The range that shows all of these x, wide enough to be drawn even for a lone point. */
export function rangeOf(first: number, last: number): XRange {
  return first < last ? { min: first, max: last } : { min: first - 1, max: first + 1 };
}

/** The x at which an attempt but the first begins: where a boundary is drawn. */
export function boundaries(attempts: readonly ChartAttempt[]): readonly ChartAttempt[] {
  return attempts.slice(1);
}

/** Points that no line reaches: without a dot they could not be seen. */
export const lonePoints = once((series: ChartSeries): readonly number[] => {
  const { value, attempt } = series;
  const joined = (a: number, b: number) => value[b] != null && attempt[a] === attempt[b];
  const lone: number[] = [];
  for (let i = 0; i < value.length; i += 1) {
    if (value[i] !== null && !joined(i, i - 1) && !joined(i, i + 1)) lone.push(i);
  }
  return lone;
});

/** Index pairs between which no line may be drawn, because another attempt begins. */
export const attemptBreaks = once((series: ChartSeries): readonly (readonly [number, number])[] => {
  const breaks: [number, number][] = [];
  const { attempt } = series;
  for (let i = 1; i < attempt.length; i += 1) {
    if (attempt[i] !== attempt[i - 1]) breaks.push([i - 1, i]);
  }
  return breaks;
});

/** A paint asks the same of one series several times. */
function once<T>(find: (series: ChartSeries) => T): (series: ChartSeries) => T {
  const found = new WeakMap<ChartSeries, T>();
  return (series) => {
    const known = found.get(series);
    if (known !== undefined) return known;
    const value = find(series);
    found.set(series, value);
    return value;
  };
}
