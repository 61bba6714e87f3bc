/** The final loss that is to be expected: drawn dashed behind the training loss where the reader asks for it, and told in words. */

import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatCount, formatValue } from '../../base/numbers';
import type { ChartLine } from '../../chart/content';
import type { Answer } from '../../wire/failure';
import type { Axis, Expectation, Expected } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import type { ChartHandle } from './handle';

/** It changes slowly, and is worked out anew each time. */
const EVERY_S = 60;

interface ExpectedLossProps extends TaskProps {
  readonly handle: ChartHandle;
}

export function ExpectedLoss({ task, handle }: ExpectedLossProps) {
  const { monitor } = useApp();
  const answer = useSignal<Answer<Expected> | null>(null);
  const beat = useComputed(() => Math.floor(monitor.now.value / EVERY_S));
  const turn = task.mode === 'live' ? beat.value : null;
  useEffect(() => {
    const asking = new AbortController();
    void monitor.expected(task.id, asking.signal).then((found) => {
      if (!asking.signal.aborted) answer.value = found;
    });
    return () => asking.abort();
  }, [task.id, task.attempts.length, task.total_steps, turn]);

  const { axis } = monitor.view.values.value;
  const found = answer.value?.ok ? answer.value.value.expected : null;
  useEffect(() => {
    handle.expected.value = found && expectedLine(found, axis);
  }, [found, axis]);
  useEffect(
    () => () => {
      handle.expected.value = null;
    },
    [],
  );
  return (
    <p class="shown" role="status">
      {answer.value === null ? 'working out what to expect…' : expectedText(answer.value, axis)}
    </p>
  );
}

/** Null on an axis of time: nobody knows when the steps to come will be. */
export function expectedLine(found: Expectation, axis: Axis): ChartLine | null {
  const { step, value, low, high } = found;
  if (axis === 'active' || axis === 'wall') return null;
  const x = axis === 'step' ? step : found.x;
  const series = {
    x: found.x,
    step: step.map(Math.round),
    wall_time: step.map(() => null),
    value,
    smoothed: value,
    attempt: step.map(() => found.attempt),
    non_finite: [],
    origin: found,
  };
  const band = { low, high };
  const end = step.length;
  return { name: 'expected', tone: 'training', age: 0, series, x, first: 0, end, smoothed: false, band };
}

export function expectedText(answer: Answer<Expected>, axis: Axis): string {
  if (!answer.ok) return answer.failure.sentence;
  const { expected: found, why } = answer.value;
  if (found === null) return `No loss to be expected: ${why}`;
  const last = found.value.length - 1;
  const [value, low, high] = [found.value, found.low, found.high].map((one) => formatValue(one[last] ?? 0));
  const what = `Expected at step ${formatCount(Math.round(found.step[last] ?? 0))}: ${value} (${low} to ${high})`;
  const how = `an extrapolation of the losses so far over the ${found.schedule} schedule of the learning rate`;
  const where = axis === 'accumulated' || axis === 'step' ? 'dashed' : 'drawn on axes of steps alone';
  return `${what}, ${how}; ${where}.`;
}
