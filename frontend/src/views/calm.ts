/** Keeps what changes many times a second from being drawn as often. */

import { effect, type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/**
 * A signal's value, taken over at once after a quiet time and else at most once in so many milliseconds; also at once
 * where `isUrgent` says that it is no mere growth.
 */
export function useCalm<T>(
  source: ReadonlySignal<T>,
  milliseconds: number,
  isUrgent: (before: T, now: T) => boolean,
): T {
  const calm = useSignal(source.peek());
  useEffect(() => {
    let takenAt = Number.NEGATIVE_INFINITY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      clearTimeout(timer);
      timer = undefined;
      takenAt = performance.now();
      calm.value = source.peek();
    };
    const stop = effect(() => {
      const now = source.value;
      const wait = isUrgent(calm.peek(), now) ? 0 : takenAt + milliseconds - performance.now();
      if (wait <= 0) take();
      else timer ??= setTimeout(take, wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [source]);
  return calm.value;
}
