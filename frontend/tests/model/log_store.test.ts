import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../src/model/connection';
import { LATEST_ROWS, LogStore } from '../../src/model/log_store';
import type { LogRow } from '../../src/wire/messages';
import { row } from '../examples';
import { FakeClient, page } from './fake_client';

let client: FakeClient;
let store: LogStore;

beforeEach(() => {
  client = new FakeClient();
  store = new LogStore('job', client, new Connection(() => 0), []);
});

/** Rows from one id down to another, newest first. */
function rows(from: number, to: number): readonly LogRow[] {
  return Array.from({ length: from - to + 1 }, (_, index) => row(from - index));
}

const ids = () => store.log.value?.rows.map((one) => Number(one.id)) ?? [];

async function loaded(from: number, to: number, next: string | null): Promise<void> {
  void store.load();
  await client.desk.logs.only.answer(page(rows(from, to), next, from));
}

describe('The log', () => {
  it('begins with the latest 200 rows', async () => {
    await loaded(500, 301, '301');
    expect(ids()).toHaveLength(LATEST_ROWS);
    expect(store.log.value?.hasOlder).toBe(true);
  });

  it('pages down to the first row in history', async () => {
    await loaded(300, 101, '101');
    void store.loadOlder();
    const asked = client.desk.logs.only;
    expect(asked.question.before).toBe('101');
    await asked.answer(page(rows(100, 1), null, 300));
    expect(ids()).toHaveLength(300);
    expect(store.log.value?.hasOlder).toBe(false);
  });

  it('asks for a page once, however often the reader scrolls to its end', async () => {
    await loaded(300, 101, '101');
    void store.loadOlder();
    void store.loadOlder();
    expect(client.desk.logs.asked).toHaveLength(1);
  });

  it('pages on without a hole after it let go of old rows', async () => {
    await loaded(300, 101, '101');
    store.append([row(301), row(302)]);
    store.trim();
    expect(ids()).toHaveLength(LATEST_ROWS);
    void store.loadOlder();
    await client.desk.logs.only.answer(page(rows(302, 103), '103', 302));
    await client.desk.logs.only.answer(page(rows(102, 1), null, 302));
    expect(ids()).toEqual(rows(302, 1).map((one) => Number(one.id)));
  });

  it('counts a new row once that an older page already counted', async () => {
    await loaded(300, 101, '101');
    void store.loadOlder();
    await client.desk.logs.only.answer(page(rows(100, 1), null, 301));
    store.append([row(301)]);
    expect(store.log.value?.total).toBe(301);
    expect(ids()).toHaveLength(301);
  });

  it('counts a new row once, also when it is told again', async () => {
    await loaded(2, 1, null);
    store.append([row(3)]);
    store.append([row(3), row(4)]);
    expect(store.log.value).toMatchObject({ counts: { step: 4 }, total: 4 });
  });
});

describe('A filter by type', () => {
  it('asks the server, and the newest choice wins', async () => {
    void store.load(['eval']);
    const older = client.desk.logs.only;
    void store.load(['start']);
    await client.desk.logs.only.answer(page([row(1, 'start')], null));
    await older.answer(page([row(2, 'eval')], null));
    expect(ids()).toEqual([1]);
  });

  it('lets only such new rows through, and counts the others', async () => {
    void store.load(['start']);
    await client.desk.logs.only.answer(page([row(1, 'start')], null));
    store.append([row(2, 'eval')]);
    expect(ids()).toEqual([1]);
    expect(store.log.value?.counts.eval).toBe(1);
  });
});
