import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { LATEST_ROWS, LogStore } from '../../../src/model/log/log_store';
import type { LogPage, LogRow } from '../../../src/wire/messages';
import { row } from '../../examples';
import { FakeClient, page, settled } from '../fake_client';

const ALL = { types: [], search: '' };

let client: FakeClient;
let connection: Connection;
let store: LogStore;

beforeEach(() => {
  vi.useFakeTimers();
  client = new FakeClient();
  connection = new Connection(() => 0);
  store = new LogStore('job', client, connection, ALL);
});
afterEach(() => vi.useRealTimers());

/** Rows from one id down to another, newest first; row 1 is the oldest, number 0. */
function rows(from: number, to: number): readonly LogRow[] {
  return Array.from({ length: from - to + 1 }, (_, index) => row(from - index));
}

const log = () => {
  const { value } = store.log;
  if (value === null) throw new Error('There is no log.');
  return value;
};
/** The ids of the rows that are here, by their number. */
const ids = () => Object.fromEntries([...log().rows].map(([number, { id }]) => [number, Number(id)]));
const answer = (found: readonly LogRow[], first: number, total: number) => ({
  ...page(found, null, total),
  first,
});

async function loaded(total: number): Promise<void> {
  void store.load();
  const first = Math.max(0, total - LATEST_ROWS);
  await client.desk.logs.only.answer(answer(rows(total, first + 1), first, total));
}

async function seen(from: number, to: number) {
  store.see(from, to);
  vi.advanceTimersByTime(100);
  await settled();
}

describe('The log', () => {
  it('begins with the latest 200 rows and knows how many there are', async () => {
    await loaded(500);
    expect(log().rows.size).toBe(LATEST_ROWS);
    expect(log()).toMatchObject({ total: 500, list: 1 });
    expect([log().rows.get(499)?.id, log().rows.get(300)?.id]).toEqual(['500', '301']);
  });

  it('asks for the page that comes into sight, wherever that is', async () => {
    await loaded(100_000);
    await seen(10, 40);
    const asked = client.desk.logs.only;
    expect(asked.question).toMatchObject({ first: 0, limit: 200, before: null });
    await asked.answer(answer(rows(200, 1), 0, 100_000));
    expect([log().rows.get(0)?.id, log().rows.get(199)?.id]).toEqual(['1', '200']);
    expect(client.desk.logs.asked).toEqual([]);
  });

  it('asks for both pages that are in sight, one after the other', async () => {
    await loaded(1000);
    await seen(190, 210);
    const upper = client.desk.logs.only;
    expect(upper.question.first).toBe(200);
    await upper.answer(answer(rows(400, 201), 200, 1000));
    expect(client.desk.logs.only.question.first).toBe(0);
  });

  it('does not ask for what flies by', async () => {
    await loaded(100_000);
    for (let from = 90_000; from >= 0; from -= 1000) store.see(from, from + 30);
    vi.advanceTimersByTime(100);
    expect(client.desk.logs.only.question.first).toBe(0);
  });

  it('asks for nothing that is here', async () => {
    await loaded(500);
    await seen(400, 430);
    expect(client.desk.logs.asked).toEqual([]);
  });

  it('keeps a bounded number of rows, the latest among them', async () => {
    await loaded(100_000);
    for (let first = 99_600; first >= 80_000; first -= 200) {
      await seen(first, first + 200);
      await client.desk.logs.only.answer(answer(rows(first + 200, first + 1), first, 100_000));
    }
    expect(log().rows.size).toBeLessThan(2500);
    expect(log().rows.has(99_999)).toBe(true);
    expect(log().rows.has(80_000)).toBe(true);
  });
});

describe('New rows', () => {
  it('go behind the last, and older ones keep their numbers', async () => {
    await loaded(300);
    store.append([row(301), row(302)]);
    expect(log()).toMatchObject({ total: 302, list: 1, counts: { step: 302 } });
    expect([log().rows.get(301)?.id, log().rows.get(299)?.id]).toEqual(['302', '300']);
  });

  it('count once, also when they are told again, and say the last word', async () => {
    await loaded(2);
    store.append([row(3)]);
    store.append([row(3, 'step', 'changed'), row(4)]);
    expect(log()).toMatchObject({ counts: { step: 4 }, total: 4 });
    expect(ids()).toEqual({ 0: 1, 1: 2, 2: 3, 3: 4 });
    expect(log().rows.get(2)?.message).toBe('changed');
  });

  it('for hours leave no more of the older ones than can be read', async () => {
    await loaded(200);
    for (let last = 300; last <= 9000; last += 100) {
      store.see(last - 120, last - 100);
      store.append([...rows(last, last - 99)].reverse());
    }
    expect(log().total).toBe(9000);
    expect(log().rows.size).toBeLessThanOrEqual(2000);
    expect(log().rows.get(8999)?.id).toBe('9000');
  });

  it('may come between those that were there', async () => {
    await loaded(3);
    store.append([row(2), row(9), row(3)]);
    expect(ids()).toEqual({ 0: 1, 1: 2, 2: 9, 3: 3 });
  });
});

describe('A filter by type', () => {
  it('asks the server, and the newest choice wins', async () => {
    void store.load({ ...ALL, types: ['eval'] });
    const older = client.desk.logs.only;
    void store.load({ ...ALL, types: ['start'] });
    await client.desk.logs.only.answer(page([row(1, 'start')], null));
    await older.answer(page([row(2, 'eval')], null));
    expect(ids()).toEqual({ 0: 1 });
  });

  it('lets only such new rows through, and counts the others', async () => {
    void store.load({ ...ALL, types: ['start'] });
    await client.desk.logs.only.answer(page([row(1, 'start')], null));
    store.append([row(2, 'eval')]);
    store.append([row(2, 'eval'), row(3, 'start')]);
    expect(ids()).toEqual({ 0: 1, 1: 3 });
    expect(log().counts).toMatchObject({ eval: 1 });
  });
});

describe('A question that a newer one has overtaken', () => {
  it('was broken off by us, which is no trouble of the connection', async () => {
    void store.load({ types: [], search: 'e' });
    const overtaken = client.desk.logs.only;
    void store.load({ types: [], search: 'ev' });
    await overtaken.refuse({ kind: 'unreachable', sentence: 'signal is aborted' });
    expect(connection.trouble.value).toBeNull();
  });
});

describe('A search', () => {
  beforeEach(async () => {
    void store.load({ ...ALL, search: 'Lost gpu' });
    const asked = client.desk.logs.only;
    expect(asked.question.search).toBe('Lost gpu');
    await asked.answer(page([row(1, 'step', 'Lost the GPU')], null));
  });

  it('lets only new rows through that hold all its words, and counts only those', () => {
    store.append([row(2), row(31, 'step', 'a GPU is lost'), row(4, 'step', 'lost')]);
    expect(ids()).toEqual({ 0: 1, 1: 31 });
    expect(log()).toMatchObject({ total: 2, counts: { step: 2 } });
  });

  it('lets go of a row that holds them no more', () => {
    store.append([row(1, 'step', 'found')]);
    expect(log().total).toBe(0);
  });

  it('holds for the pages behind it', async () => {
    store.log.value = { ...log(), total: 1000 };
    await seen(400, 420);
    expect(client.desk.logs.only.question).toMatchObject({ search: 'Lost gpu', first: 400 });
  });
});

describe('All rows that match', () => {
  it('are collected page by page, up to a limit', async () => {
    const collected = store.collect(1500);
    await client.desk.logs.only.answer(page(rows(3000, 2001), 'older', 3000));
    const asked = client.desk.logs.only;
    expect(asked.question).toMatchObject({ before: 'older', limit: 1000 });
    await asked.answer(page(rows(2000, 1001), 'oldest', 3000));
    expect((await collected)?.map((one) => one.id).at(-1)).toBe('1501');
  });

  it('are none where the server is gone', async () => {
    const collected = store.collect(10);
    await client.desk.logs.only.refuse({ kind: 'unreachable', sentence: 'Gone.' });
    expect(await collected).toBeNull();
  });
});

describe('A search that does not come to its end in one visit', () => {
  const found = (from: number, to: number, total: number, unsearched: number): LogPage => ({
    ...page(rows(from, to), null, total),
    unsearched,
    goes_on: unsearched > 0,
  });

  it('goes on by itself, and puts older rows below those that are here', async () => {
    void store.load({ ...ALL, search: 'loss' });
    await client.desk.logs.only.answer(found(99, 90, 10, 500));
    expect(ids()).toMatchObject({ 0: 90, 9: 99 });
    await client.desk.logs.only.answer(found(99, 80, 20, 100));
    expect(ids()).toMatchObject({ 0: 80, 10: 90, 19: 99 });
    await client.desk.logs.only.answer(found(99, 70, 30, 0));
    expect(log()).toMatchObject({ total: 30, unsearched: 0, goesOn: false });
    expect(client.desk.logs.asked).toHaveLength(0);
  });

  it('keeps the number of each row right when its latest rows alone are told again', async () => {
    void store.load({ ...ALL, search: 'loss' });
    await client.desk.logs.only.answer(found(99, 90, 10, 500));
    await client.desk.logs.only.answer(found(99, 97, 1000, 0));
    expect(ids()).toMatchObject({ 999: 99, 997: 97, 990: 90 });
  });

  it('asks for no row by a number that may still grow', async () => {
    void store.load({ ...ALL, search: 'loss' });
    await client.desk.logs.only.answer(found(999, 900, 1000, 500));
    await seen(400, 420);
    expect(client.desk.logs.only.question.first).toBeUndefined();
  });
});
