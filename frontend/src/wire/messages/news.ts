/** What came since a cursor, polled or streamed. */

import type { LogRow } from './log';
import type { Columns } from './points';
import type { Task } from './task';

export type Message =
  | { readonly type: 'task'; readonly task: Task }
  | { readonly type: 'points'; readonly revision: number; readonly series: Readonly<Record<string, Columns>> }
  | { readonly type: 'logs'; readonly logs: readonly LogRow[]; readonly total: number }
  | { readonly type: 'reset'; readonly reason: string };

export interface Deltas {
  readonly task: string;
  readonly cursor: string;
  readonly messages: readonly Message[];
}
