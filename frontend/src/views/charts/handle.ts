/** What a chart's heading, its menu and its picture know of each other. */

import { type Signal, signal } from '@preact/signals';
import type { ChartContent, ChartLine } from '../../chart/content';

export class ChartHandle {
  /** What is drawn now; null while nothing is. */
  content: ChartContent | null = null;
  readonly hasTable: Signal<boolean> = signal(false);
  /** Where it is drawn; a picture that is saved has its size. */
  host: HTMLElement | null = null;
  /** What is drawn beside the series: that which is to be expected of it. */
  readonly expected: Signal<ChartLine | null> = signal(null);
  /** Why a picture could not be saved. */
  readonly trouble: Signal<string> = signal('');
}

/** The chart's place among those of its group, if it may have another. */
export interface Placed {
  readonly charts: readonly string[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export interface ChartMenuProps {
  readonly handle: ChartHandle;
  readonly task: string;
  readonly title: string;
  /** How the view calls the chart. */
  readonly chart: string;
  /** Null where there is nothing drawn that could be saved. */
  readonly metric: string | null;
  readonly place: Placed | null;
}
