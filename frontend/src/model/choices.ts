/** Each choice of the reader's asks for what it concerns, and for nothing else. */

import { effect, type ReadonlySignal, untracked } from '@preact/signals';
import { debounce } from '../base/debounce';
import type { Task } from '../wire/messages';
import type { DetailStore } from './task/detail_store';
import type { OpenTask } from './task/open_task';
import type { Zoom } from './task/zoom';
import type { Pointed } from './view/pointed';
import type { View } from './view/view';
import { lookOf } from './view/view_values';
import { wantedMetrics } from './view/wanted';

/** Long enough for a slider's drag to settle, short enough to feel immediate. */
const SETTLE_MS = 150;

export interface Concerned {
  readonly open: ReadonlySignal<OpenTask | null>;
  /** Once a second, and at once where it has other metrics: not at every point of hundreds of them. */
  readonly told: ReadonlySignal<Task | null>;
  readonly zoom: Zoom;
  readonly detail: DetailStore;
  readonly pointed: Pointed;
}

export function followChoices({ values }: View, { open, told, zoom, detail, pointed }: Concerned): void {
  const settle = debounce<() => void>(SETTLE_MS, (action) => action());
  onChange(
    () => lookOf(values.value),
    (look) => settle(() => void open.peek()?.look(look)),
  );
  onChange(
    () => values.value.axis,
    () => pointed.clear(),
  );
  onChange(
    () => values.value.total,
    (total) => void open.peek()?.setTotal(total),
  );
  onChange(
    () => ({ types: values.value.types, search: values.value.logSearch }),
    (filter) => open.peek()?.filterLogs(filter),
  );
  onChange(
    () => (told.value ? wantedMetrics(told.value, values.value) : []),
    (metrics) => void open.peek()?.want(metrics),
  );
  onChange(
    () => ({ stretch: zoom.stretch(), beat: zoom.beatInSight() }),
    ({ stretch }) => void detail.ask(stretch),
  );
}

/** Acts when the value has become another one; the value at the start is nobody's change. Compared as JSON: all are small. */
function onChange<T>(read: () => T, act: (value: T) => void): void {
  let last: string | undefined;
  effect(() => {
    const value = read();
    const text = JSON.stringify(value);
    if (last !== undefined && text !== last) untracked(() => act(value));
    last = text;
  });
}
