/** What a tab and the worker that holds the connections for all tabs say to each other. */

import type { Failure } from './failure';
import type { Query } from './http';
import type { Deltas } from './messages';

/** How news come: pushed as they happen, or asked for once a second. */
export type Way = 'stream' | 'poll';

/** Equal questions, of whichever tabs, share a connection. */
export type FeedQuestion = Query & { readonly task: string };

export type ToWorker =
  | { readonly kind: 'watch'; readonly id: number; readonly question: FeedQuestion; readonly cursor: string }
  | { readonly kind: 'leave'; readonly id: number }
  /** Still here: a tab that crashes says no goodbye. */
  | { readonly kind: 'here' }
  | { readonly kind: 'bye' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'news'; readonly id: number; readonly deltas: Deltas; readonly way: Way }
  | { readonly kind: 'streaming'; readonly id: number }
  | { readonly kind: 'trouble'; readonly id: number; readonly failure: Failure };

export interface Port<Sent, Received> {
  postMessage(message: Sent): void;
  onmessage: ((event: { readonly data: Received }) => void) | null;
}

export const HERE_EVERY_MS = 10_000;
