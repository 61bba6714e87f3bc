/** A status in colour, in words and in shape: no one needs the colour. */

import type { Status } from '../../wire/messages';

const SHAPES: Readonly<Record<Status, string>> = {
  pending: 'M5 1a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0 1.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z',
  running: 'M2 1l7 4-7 4z',
  completed: 'M1 5.4 2.3 4l1.8 1.8L7.8 1.9 9 3.2 4.1 8.4z',
  failed: 'M1.4 2.7 2.7 1.4 5 3.7l2.3-2.3 1.3 1.3L6.3 5l2.3 2.3-1.3 1.3L5 6.3 2.7 8.6 1.4 7.3 3.7 5z',
  stopped: 'M1.5 1.5h7v7h-7z',
};

export function StatusTag({ status }: { readonly status: Status }) {
  return (
    <span class={`tag status-${status}`}>
      <StatusShape status={status} />
      {status}
    </span>
  );
}

export function StatusShape({ status }: { readonly status: Status }) {
  return (
    <svg class={`status-${status}`} viewBox="0 0 10 10" width="9" height="9" aria-hidden="true">
      <path d={SHAPES[status]} fill="currentColor" />
    </svg>
  );
}
