import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { DetailStore, detailOf, type Stretch } from '../../../src/model/task/detail_store';
import { FakeClient, lossUpTo, seriesSet } from '../fake_client';

let client: FakeClient;
let store: DetailStore;

beforeEach(() => {
  client = new FakeClient();
  store = new DetailStore(client, new Connection(() => 0));
});

function stretch(min: number, max: number, changes: Partial<Stretch> = {}): Stretch {
  const look = { ema: 0.6, ma: 5, view: 'all' } as const;
  return { task: 'job', axis: 'accumulated', range: { min, max }, look, metrics: ['loss'], ...changes };
}

function answer(upTo: number): Promise<void> {
  return client.desk.series.only.answer(seriesSet('c', { loss: lossUpTo(upTo) }));
}

function shown(): number | undefined {
  return store.detail.value?.series.loss?.x.length;
}

describe('A zoomed stretch', () => {
  it('is asked for on its axis', async () => {
    void store.ask(stretch(10, 20, { axis: 'wall' }));
    expect(client.desk.series.only.question).toMatchObject({ axis: 'wall', x_min: 10, x_max: 20 });
  });

  it('is on its way until it is there, and the one before stays meanwhile', async () => {
    void store.ask(stretch(0, 9));
    expect(store.loading.value).toBe(true);
    await answer(9);
    expect([store.loading.value, shown()]).toEqual([false, 9]);
    void store.ask(stretch(2, 4));
    expect([store.loading.value, shown()]).toEqual([true, 9]);
    await answer(3);
    expect([store.loading.value, shown()]).toEqual([false, 3]);
  });

  it('of many that are panned through is asked for only where the reader comes to rest', async () => {
    for (const min of [1, 2, 3, 4]) void store.ask(stretch(min, min + 5));
    const first = client.desk.series.only;
    expect(first.question.x_min).toBe(1);
    await first.answer(seriesSet('c', { loss: lossUpTo(1) }));
    expect(client.desk.series.only.question.x_min).toBe(4);
  });

  it('that was asked for with another smoothing is dropped', async () => {
    void store.ask(stretch(0, 9));
    const stale = client.desk.series.only;
    const look = { ema: 0.9, ma: 5, view: 'all' } as const;
    void store.ask(stretch(0, 9, { look }));
    const fresh = client.desk.series.only;
    await stale.answer(seriesSet('c', { loss: lossUpTo(9) }));
    expect(shown()).toBeUndefined();
    await fresh.answer(seriesSet('c', { loss: lossUpTo(5) }));
    expect(shown()).toBe(5);
  });

  it('is gone with the zoom, and with the axis', async () => {
    void store.ask(stretch(0, 9));
    await answer(9);
    void store.ask(stretch(0, 9, { axis: 'step' }));
    expect(shown()).toBeUndefined();
    await answer(9);
    void store.ask(null);
    expect([store.loading.value, shown()]).toEqual([false, undefined]);
  });

  it('that the server does not answer leaves the picture as it is', async () => {
    void store.ask(stretch(0, 9));
    await answer(9);
    void store.ask(stretch(2, 4));
    await client.desk.series.only.refuse({ kind: 'unreachable', sentence: 'TensorBoard does not answer.' });
    expect([store.loading.value, shown()]).toEqual([false, 9]);
  });
});

describe('The points of a stretch', () => {
  it('are drawn wherever they hold all that is looked at', async () => {
    void store.ask(stretch(0, 9));
    await answer(9);
    const of = (min: number, max: number, task = 'job') =>
      detailOf(store.detail.value, task, 'accumulated', { min, max }, 'loss') !== null;
    expect([of(0, 9), of(2, 4), of(2, 10), of(2, 4, 'other')]).toEqual([true, true, false, false]);
  });
});
