import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../../src/model/time/clock';

let clock: Clock;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  clock = new Clock(() => Date.now() / 1000);
  clock.start();
});
afterEach(() => {
  clock.stop();
  vi.useRealTimers();
});

/** As a stream brings them. */
async function newsEvery(milliseconds: number, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await vi.advanceTimersByTimeAsync(milliseconds);
    clock.news();
  }
}

describe('The clock', () => {
  it('beats once a second', async () => {
    await vi.advanceTimersByTimeAsync(2500);
    expect(clock.now.value).toBe(2);
  });

  it('beats with the news, while they come', async () => {
    const beats: number[] = [];
    clock.now.subscribe((now) => beats.push(now));
    await newsEvery(300, 10);
    expect(beats).toEqual([0, 1.2, 2.1, 3]);
  });

  it('waits for no news that do not come', async () => {
    await newsEvery(300, 3);
    await vi.advanceTimersByTimeAsync(600);
    expect(clock.now.value).toBe(1.4);
  });

  it('stands still once it is stopped', async () => {
    await newsEvery(300, 3);
    await vi.advanceTimersByTimeAsync(150);
    clock.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(clock.now.value).toBe(0);
  });
});
