/**
 * What a chart is told to draw, and what it tells back: the whole of the contract between the pages and the drawing.
 * `views` puts it together from the model; nothing below this knows of tasks, metrics or the wire.
 */

import type { ChartAttempt, ChartSeries, XRange } from './chart_data';
import type { Tone } from './palette';

/** What x counts. `step` lays attempts over one another; `active` is seconds of training, `wall` seconds since the epoch. */
export type AxisKind = 'accumulated' | 'step' | 'active' | 'wall';

/** Points of one series that are joined, unless another attempt begins between them. */
export interface ChartLine {
  readonly name: string;
  readonly tone: Tone;
  /** Among attempts laid over one another, how many are younger: 0 is drawn strongest, the others paler and dashed. */
  readonly age: number;
  readonly series: ChartSeries;
  /** The place of every point of the series on the axis; not always ascending, since clocks are set back. */
  readonly x: readonly (number | null)[];
  /** The points that belong to this line: from `first` up to, and without, `end`. */
  readonly first: number;
  readonly end: number;
  /** Raw faint and smoothed strong; false draws the raw line strong, and alone. */
  readonly smoothed: boolean;
  /** Of an extrapolation, which is drawn dashed: between what and what it is to be expected, point by point. */
  readonly band?: Band;
}

export interface Band {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export type RailMarkType = 'restart' | 'eval' | 'checkpoint' | 'learning_rate' | 'insight';

/** An event on the rail under the axis. */
export interface RailMark {
  readonly type: RailMarkType;
  readonly x: number;
  readonly text: string;
}

/** A point that is called by its name: the best evaluation, the checkpoint to keep. */
export interface Pin {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface ChartContent {
  readonly lines: readonly ChartLine[];
  readonly attempts: readonly ChartAttempt[];
  readonly axis: AxisKind;
  readonly range: XRange;
  /** The range that shows all there is: panning ends there. */
  readonly whole: XRange;
  readonly isLog: boolean;
  /** Shades the room between the strong lines of the first two lines. */
  readonly gapShaded: boolean;
  readonly rail: readonly RailMark[];
  readonly pins: readonly Pin[];
  /** The stretch that is spoken of; it may reach beyond what is shown. */
  readonly shade: XRange | null;
}

export interface ChartEvents {
  /** The reader points at this place on the axis, or no longer at any. */
  readonly onPoint: (x: number | null) => void;
  /** The reader has chosen a range by dragging, panning or keys; null is the way back to all. */
  readonly onZoom: (range: XRange | null) => void;
}
