import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SparklineStore } from '../../../src/model/list/sparklines';
import type { Sparklines } from '../../../src/wire/messages';
import { FakeClient } from '../fake_client';

let client: FakeClient;
let store: SparklineStore;

beforeEach(() => {
  vi.useFakeTimers();
  client = new FakeClient();
  store = new SparklineStore(client, () => Date.now() / 1000);
});
afterEach(() => {
  store.show([]);
  vi.useRealTimers();
});

const row = (id: string, mode: 'live' | 'history' = 'history', loss: number | null = 1) => ({
  id,
  mode,
  lead_value: loss,
});
const rows = (count: number) => Array.from({ length: count }, (_, at) => row(`t${at}`));

function linesOf(ids: readonly string[]): Sparklines {
  return {
    sparklines: Object.fromEntries(ids.map((id) => [id, { metric: 'loss', values: [2, 1], whole: true }])),
  };
}

async function answer(): Promise<readonly string[]> {
  const asked = client.desk.sparklines.only;
  await asked.answer(linesOf(asked.question));
  return asked.question;
}

describe('The curves of the overview', () => {
  it('are asked for once the rows rest in sight, and not for those that were scrolled past', async () => {
    store.show([row('a')]);
    await vi.advanceTimersByTimeAsync(100);
    store.show([row('b'), row('c')]);
    expect(client.desk.sparklines.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer()).toEqual(['b', 'c']);
    expect([store.of('a'), store.of('b')?.values, store.revision.value]).toEqual([null, [2, 1], 1]);
  });

  it('are asked for by 64 at most, until all are there', async () => {
    store.show(rows(100));
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer()).toHaveLength(64);
    await vi.advanceTimersByTimeAsync(0);
    expect(await answer()).toHaveLength(36);
  });

  it('are not asked for again when the row comes back, nor where there is no loss', async () => {
    const both = [row('a', 'history', null), row('b')];
    store.show(both);
    await vi.advanceTimersByTimeAsync(200);
    await client.desk.sparklines.only.answer(linesOf(['b']));
    store.show([]);
    store.show(both);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(client.desk.sparklines.asked).toEqual([]);
  });

  it('are asked for again each half minute while the task runs, and no more when nobody looks', async () => {
    store.show([row('a', 'live'), row('b')]);
    await vi.advanceTimersByTimeAsync(200);
    await answer();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer()).toEqual(['a']);
    store.show([]);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(client.desk.sparklines.asked).toEqual([]);
  });

  it('are asked for once more when the task has ended', async () => {
    store.show([row('a', 'live')]);
    await vi.advanceTimersByTimeAsync(200);
    await answer();
    store.show([row('a')]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer()).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(client.desk.sparklines.asked).toEqual([]);
  });

  it('are kept for the rows that were seen last, not for all 20,000', async () => {
    const all = rows(1000);
    for (let first = 0; first < 1000; first += 50) {
      store.show(all.slice(first, first + 50));
      await vi.advanceTimersByTimeAsync(200);
      await answer();
    }
    expect([store.of('t0'), store.of('t999')?.metric]).toEqual([null, 'loss']);
  });

  it('are taken though the list has moved its rows meanwhile, and then the new rows are asked for', async () => {
    store.show([row('a', 'live'), row('b', 'live')]);
    await vi.advanceTimersByTimeAsync(200);
    store.show([row('b', 'live'), row('c'), row('a', 'live')]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await answer()).toEqual(['a', 'b']);
    expect(store.of('b')?.values).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await answer()).toEqual(['c']);
  });

  it('are dropped when all their rows were scrolled past', async () => {
    store.show([row('a'), row('b')]);
    await vi.advanceTimersByTimeAsync(200);
    const asked = client.desk.sparklines.only;
    store.show([row('c')]);
    await asked.answer(linesOf(['a', 'b']));
    await vi.advanceTimersByTimeAsync(200);
    expect([await answer(), store.of('a')]).toEqual([['c'], null]);
  });

  it('come as soon as the list knows of a value that leads', async () => {
    store.show([row('a', 'live', null), row('b')]);
    await vi.advanceTimersByTimeAsync(200);
    await client.desk.sparklines.only.answer(linesOf(['b']));
    await vi.advanceTimersByTimeAsync(5000);
    store.show([row('a', 'live', 2), row('b')]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer()).toEqual(['a']);
  });

  it('whose points were not at hand are asked for again soon, but ever more seldom', async () => {
    store.show([row('a')]);
    const waits = [];
    for (let from = Date.now(); waits.length < 7; from = Date.now()) {
      while (client.desk.sparklines.asked.length === 0) await vi.advanceTimersByTimeAsync(50);
      waits.push(Math.round((Date.now() - from) / 1000));
      await client.desk.sparklines.only.answer({ sparklines: {} });
    }
    expect(waits).toEqual([0, 2, 4, 8, 16, 30, 30]);
  });

  it('whose points were not at hand yet are tried again', async () => {
    store.show([row('a')]);
    await vi.advanceTimersByTimeAsync(200);
    await client.desk.sparklines.only.answer({ sparklines: {} });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer()).toEqual(['a']);
  });

  it('that could not be had are tried again', async () => {
    store.show([row('a')]);
    await vi.advanceTimersByTimeAsync(200);
    await client.desk.sparklines.only.refuse({ kind: 'unreachable', sentence: 'No.' });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer()).toEqual(['a']);
  });
});
