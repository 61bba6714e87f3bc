/** The columns that a chart draws from. Their shapes are those of the wire, of which a chart needs no more than this. */

export interface ChartSeries {
  readonly x: readonly number[];
  readonly step: readonly number[];
  readonly wall_time: readonly (number | null)[];
  readonly value: readonly (number | null)[];
  readonly smoothed: readonly (number | null)[];
  readonly attempt: readonly number[];
  readonly non_finite: readonly (readonly [number, 'nan' | 'inf' | '-inf'])[];
  /** Of two series with the same origin the later one is the earlier one with points behind it, and perhaps without its first. */
  readonly origin?: object;
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

/** The range that shows all of these x, wide enough to be drawn even for a lone point. */
export function rangeOf(first: number, last: number): XRange {
  return first < last ? { min: first, max: last } : { min: first - 1, max: first + 1 };
}
