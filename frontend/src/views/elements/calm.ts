/** Keeps what changes many times a second from being drawn as often. */

import { effect, type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../context';

/** Longer than from one beat of the clock to the next. */
const QUIET_MS = 1500;
/** Of what is gone again within a second nothing can be read: it stays for so many beats. */
const CROWD_BEATS = 3;

/**
 * A signal's value, taken over once a second, when the clock is drawn anew anyway: one frame for all of it. At once after
 * a quiet time, and where `isUrgent` says that it is no mere growth; later where `isCrowd` says that it is too much at once.
 */
export function useCalm<T>(
  source: ReadonlySignal<T>,
  isUrgent: (before: T, now: T) => boolean,
  isCrowd: (before: T, now: T) => boolean = () => false,
): T {
  const { now } = useApp().monitor;
  const calm = useSignal(source.peek());
  useEffect(() => {
    let [second, takenAt, beats] = [now.peek(), Number.NEGATIVE_INFINITY, 0];
    return effect(() => {
      const isBeat = second !== now.value;
      const [before, value] = [calm.peek(), source.value];
      second = now.peek();
      beats += Number(isBeat);
      if (value === before) return;
      const wait = isCrowd(before, value) ? CROWD_BEATS : 1;
      const isDue = isBeat && beats >= wait;
      if (!isDue && !isUrgent(before, value) && performance.now() - takenAt < wait * QUIET_MS) return;
      [takenAt, beats] = [performance.now(), 0];
      calm.value = value;
    });
  }, [source]);
  return calm.value;
}
