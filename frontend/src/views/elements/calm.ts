/** Keeps what changes many times a second from being drawn as often. */

import { effect, type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../context';

/** Longer than from one beat of the clock to the next. */
const QUIET_MS = 1500;

/**
 * A signal's value, taken over once a second, when the clock is drawn anew anyway: one frame for all of it. At once after
 * a quiet time, and where `isUrgent` says that it is no mere growth.
 */
export function useCalm<T>(source: ReadonlySignal<T>, isUrgent: (before: T, now: T) => boolean): T {
  const { now } = useApp().monitor;
  const calm = useSignal(source.peek());
  useEffect(() => {
    let [second, takenAt] = [now.peek(), Number.NEGATIVE_INFINITY];
    return effect(() => {
      const isBeat = second !== now.value;
      const value = source.value;
      second = now.peek();
      if (!isBeat && !isUrgent(calm.peek(), value) && performance.now() - takenAt < QUIET_MS) return;
      takenAt = performance.now();
      calm.value = value;
    });
  }, [source]);
  return calm.value;
}
