/** The row and the place in the charts that point at each other. */

import { type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Log } from '../../model/log/log_rows';
import { nearestMoment } from '../../model/view/pointed';
import type { Attempt, LogRow } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import type { Selection } from './selection';

/** The row in sight next to what is pointed at in a chart. */
export function useNearest(log: Log, first: number, last: number, open: TaskProps['open']) {
  const { pointed, view } = useApp().monitor;
  const sight = useSignal<readonly (readonly [number, LogRow])[]>([]);
  sight.value = inSight(log, first, last);
  return useComputed(() => {
    const place = pointed.place.value;
    if (place?.by !== 'chart') return null;
    const rows = sight.value.map(([, row]) => row);
    const nearest = nearestMoment(rows, place.x, view.values.value.axis, attemptsOf(open));
    return nearest === null ? null : (sight.value[nearest]?.[0] ?? null);
  });
}

function inSight(log: Log, first: number, last: number): readonly (readonly [number, LogRow])[] {
  return Array.from({ length: last - first }, (_, at) => log.total - 1 - first - at).flatMap((number) => {
    const row = log.rows.get(number);
    return row === undefined ? [] : [[number, row] as const];
  });
}

/** Read only once something is pointed at: a task tells of itself at every tick. */
function attemptsOf(open: TaskProps['open']): readonly Attempt[] {
  return open.task.value?.attempts ?? [];
}

/** The row under the pointer, else the active one, is where the charts' crosshair stands. */
export function usePointing(open: TaskProps['open'], log: Log, selection: Signal<Selection | null>) {
  const { pointed, view } = useApp().monitor;
  const at = (number: number | null | undefined) => {
    const row = number == null ? null : (log.rows.get(number) ?? null);
    pointed.pointAt(row, view.values.peek().axis, attemptsOf(open));
  };
  useSignalEffect(() => at(selection.value?.active));
  useEffect(() => () => pointed.point(null, 'log'), []);
  return { point: at, pointOut: () => at(selection.peek()?.active) };
}
