import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Outcome, Pulse } from '../../../src/model/time/pulse';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function beating(outcome: () => Outcome) {
  const action = vi.fn(async () => outcome());
  return { action, pulse: new Pulse(1000, action) };
}

it('A pulse beats at once and then every period', async () => {
  const { action, pulse } = beating(() => 'well');
  pulse.start();
  await vi.advanceTimersByTimeAsync(3500);
  expect(action).toHaveBeenCalledTimes(4);
});

it('A pulse that fails beats ever more slowly, and as before once it goes well again', async () => {
  let outcome: Outcome = 'badly';
  const { action, pulse } = beating(() => outcome);
  pulse.start();
  await vi.advanceTimersByTimeAsync(2000 + 4000 + 8000);
  expect(action).toHaveBeenCalledTimes(4);
  outcome = 'well';
  await vi.advanceTimersByTimeAsync(15_000 + 2000);
  expect(action).toHaveBeenCalledTimes(7);
});

it('A pulse that is stopped while it waits for an answer does not go on by itself', async () => {
  let answer = (_: Outcome) => {};
  const action = vi.fn(() => new Promise<Outcome>((resolve) => (answer = resolve)));
  const pulse = new Pulse(1000, action);
  pulse.start();
  pulse.stop();
  answer('well');
  await vi.advanceTimersByTimeAsync(5000);
  expect(action).toHaveBeenCalledTimes(1);
});

it('A pulse whose answer is not whole beats again at once', async () => {
  let outcome: Outcome = 'soon';
  const { action, pulse } = beating(() => outcome);
  pulse.start();
  await vi.advanceTimersByTimeAsync(900);
  expect(action).toHaveBeenCalledTimes(4);
  outcome = 'well';
  await vi.advanceTimersByTimeAsync(400);
  expect(action).toHaveBeenCalledTimes(5);
});
