import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { MARKS_EVERY_MS, MARKS_WAIT_MS, MarksStore } from '../../../src/model/task/marks_store';
import type { Marks } from '../../../src/wire/messages';
import { attempt, row, task } from '../../examples';
import { FakeClient } from '../fake_client';

let client: FakeClient;
let store: MarksStore;

beforeEach(() => {
  vi.useFakeTimers();
  client = new FakeClient();
  store = new MarksStore('job', client, new Connection(() => 0));
});
afterEach(() => void vi.useRealTimers());

function marks(revision: number): Marks {
  return { task: 'job', revision, marks: [], omitted: 0, best: null };
}

async function loaded(): Promise<void> {
  void store.load();
  await client.desk.marks.only.answer(marks(1));
}

describe('The marks of a task', () => {
  it('are asked for on opening', async () => {
    void store.load();
    const asked = client.desk.marks.only;
    expect(asked.question).toBe('job');
    await asked.answer(marks(1));
    expect(store.marks.value?.revision).toBe(1);
  });

  it('are asked for again when the log tells of an evaluation, but not for every one', async () => {
    await loaded();
    for (let id = 0; id < 10; id += 1) store.hearLog([row(id, 'eval')]);
    await vi.advanceTimersByTimeAsync(MARKS_EVERY_MS - 1);
    expect(client.desk.marks.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await client.desk.marks.only.answer(marks(2));
    expect(store.marks.value?.revision).toBe(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.desk.marks.asked).toEqual([]);
  });

  it('are left alone by steps', async () => {
    await loaded();
    store.hearLog([row(1, 'step')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.desk.marks.asked).toEqual([]);
  });

  it('are asked for again when another attempt begins', async () => {
    await loaded();
    store.hearTask(null, task());
    store.hearTask(task(), task({ attempts: [attempt(1, {})] }));
    await vi.advanceTimersByTimeAsync(MARKS_EVERY_MS);
    expect(client.desk.marks.asked).toHaveLength(1);
  });

  it('are not asked for while hidden, and once when shown again', async () => {
    await loaded();
    store.hearLog([row(1, 'checkpoint')]);
    store.show(false);
    store.hearLog([row(2, 'checkpoint')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.desk.marks.asked).toEqual([]);
    store.show(true);
    await client.desk.marks.only.answer(marks(2));
    store.show(false);
    store.show(true);
    expect(client.desk.marks.asked).toEqual([]);
  });

  it('that are on their way when the page is hidden are taken', async () => {
    void store.load();
    store.show(false);
    await client.desk.marks.only.answer(marks(1));
    store.show(true);
    expect([store.marks.value?.revision, client.desk.marks.asked]).toEqual([1, []]);
  });

  it('that come between two ticks are shown with the next', async () => {
    await loaded();
    store.hearTask(null, task());
    void store.load();
    await client.desk.marks.only.answer(marks(2));
    expect(store.marks.value?.revision).toBe(1);
    store.hearTask(task(), task());
    expect(store.marks.value?.revision).toBe(2);
  });

  it('do not wait for a tick that does not come', async () => {
    await loaded();
    store.hearTask(null, task());
    void store.load();
    await client.desk.marks.only.answer(marks(2));
    await vi.advanceTimersByTimeAsync(MARKS_WAIT_MS);
    expect(store.marks.value?.revision).toBe(2);
  });

  it('of a question that is stale are dropped', async () => {
    void store.load();
    const stale = client.desk.marks.only;
    void store.load();
    const fresh = client.desk.marks.only;
    await fresh.answer(marks(2));
    await stale.answer(marks(1));
    expect(store.marks.value?.revision).toBe(2);
  });

  it('stay where there is no answer', async () => {
    await loaded();
    void store.load();
    await client.desk.marks.only.refuse({ kind: 'unreachable', sentence: 'TensorBoard does not answer.' });
    expect(store.marks.value?.revision).toBe(1);
  });
});
