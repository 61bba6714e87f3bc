import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { SeriesStore } from '../../../src/model/task/series_store';
import { columnsAt, seriesAt } from '../../examples';
import { FakeClient, lossUpTo, seriesSet } from '../fake_client';

const LOOK = { ema: 0.6, ma: 5, view: 'latest' } as const;

let client: FakeClient;
let store: SeriesStore;

beforeEach(() => {
  client = new FakeClient();
  store = new SeriesStore('job', client, new Connection(() => 0), LOOK);
});

function xOf(metric: string): readonly number[] | string {
  const state = store.chart(metric).value;
  return state.kind === 'ready' ? state.series.x : state.kind;
}

async function showLoss(): Promise<void> {
  void store.want(['loss']);
  await client.desk.series.only.answer(seriesSet('c1', { loss: lossUpTo(3) }));
}

describe('Series', () => {
  it('are asked for once they are wanted, smoothed as the reader chose', async () => {
    void store.want(['loss']);
    expect(xOf('loss')).toBe('loading');
    expect(client.desk.series.asked[0]?.question).toEqual({ task: 'job', metric: ['loss'], ...LOOK });
  });

  it('that are unfolded later are asked for alone', async () => {
    await showLoss();
    void store.want(['loss', 'grad_norm']);
    expect(client.desk.series.only.question.metric).toEqual(['grad_norm']);
  });

  it('that are unfolded quickly one after the other all arrive', async () => {
    void store.want(['loss']);
    const overtaken = client.desk.series.only;
    void store.want(['loss', 'grad_norm']);
    const newest = client.desk.series.only;
    await newest.answer(seriesSet('c1', { loss: lossUpTo(3), grad_norm: lossUpTo(2) }));
    await overtaken.answer(seriesSet('c0', { loss: lossUpTo(1) }));
    expect([xOf('loss'), xOf('grad_norm')]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
  });

  it('that were folded are forgotten, and asked for again when they come back', async () => {
    await showLoss();
    await store.want([]);
    void store.want(['loss']);
    expect(client.desk.series.asked).toHaveLength(1);
  });
});

describe('What leads', () => {
  beforeEach(() => {
    client.knowsLeading = true;
    void store.lead();
  });

  it('is asked for before anybody knows its name, and once', async () => {
    const leading = client.desk.series.only;
    expect(leading.question).toEqual({ task: 'job', leading: 2, ...LOOK });
    void store.want(['loss', 'grad_norm']);
    expect(client.desk.series.asked).toEqual([]);
    await leading.answer(seriesSet('c1', { loss: lossUpTo(3), perplexity: lossUpTo(2) }));
    expect(xOf('loss')).toEqual([1, 2, 3]);
    expect(client.desk.series.only.question.metric).toEqual(['grad_norm']);
    expect([xOf('perplexity'), store.firstCursor]).toEqual(['loading', 'c1']);
  });

  it('is asked for by name where there was no answer', async () => {
    void store.want(['loss']);
    await client.desk.series.only.refuse({ kind: 'unreachable', sentence: 'No.' });
    expect(xOf('loss')).toBe('loading');
    expect(client.desk.series.only.question.metric).toEqual(['loss']);
  });

  it('is not taken when another smoothing was chosen meanwhile', async () => {
    const leading = client.desk.series.only;
    void store.want(['loss']);
    void store.refresh({ ...LOOK, ema: 0.9 });
    await leading.answer(seriesSet('c1', { loss: lossUpTo(3) }));
    expect(xOf('loss')).toBe('loading');
    expect(client.desk.series.only.question).toMatchObject({ metric: ['loss'], ema: 0.9 });
  });
});

describe('Another smoothing', () => {
  it('leaves the old picture until the new one is there', async () => {
    await showLoss();
    void store.refresh({ ...LOOK, ema: 0.9 });
    expect(xOf('loss')).toEqual([1, 2, 3]);
    expect(client.desk.series.only.question.ema).toBe(0.9);
  });

  it('is the newest one, whichever answer comes last', async () => {
    await showLoss();
    void store.refresh({ ...LOOK, ema: 0.8 });
    const older = client.desk.series.only;
    void store.refresh({ ...LOOK, ema: 0.9 });
    await client.desk.series.only.answer(
      seriesSet('c2', { loss: seriesAt([1, 2, 3], { smoothed: [9, 9, 9] }) }),
    );
    await older.answer(seriesSet('c2', { loss: seriesAt([1, 2, 3], { smoothed: [8, 8, 8] }) }));
    expect(store.chart('loss').value).toMatchObject({ series: { smoothed: [9, 9, 9] } });
  });
});

describe('New points', () => {
  it('go behind', async () => {
    await showLoss();
    store.append({ loss: columnsAt([4], 4) });
    expect(xOf('loss')).toEqual([1, 2, 3, 4]);
  });

  it('that do not connect make the series be asked for again', async () => {
    await showLoss();
    store.append({ loss: columnsAt([6], 6) });
    await client.desk.series.only.answer(seriesSet('c3', { loss: lossUpTo(6) }));
    expect(xOf('loss')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('of a series that is not on the page are left alone', async () => {
    await showLoss();
    store.append({ grad_norm: columnsAt([4], 4) });
    expect(store.ready).toEqual(['loss']);
  });

  it('push the earliest out of a chart that shows the latest 4,000', async () => {
    void store.want(['loss']);
    await client.desk.series.only.answer(seriesSet('c1', { loss: lossUpTo(4000) }));
    store.append({ loss: columnsAt([4001, 4002], 4002) });
    expect(store.chart('loss').value).toMatchObject({ series: { cropped_points: 2 } });
    expect(xOf('loss')).toHaveLength(4000);
  });
});

describe('A failure', () => {
  const failure = { kind: 'unreachable', sentence: 'TensorBoard does not answer.' } as const;

  it('is shown where there was nothing', async () => {
    void store.want(['loss']);
    await client.desk.series.only.refuse(failure);
    expect(store.chart('loss').value).toEqual({ kind: 'failed', failure });
  });

  it('leaves what was there', async () => {
    await showLoss();
    void store.refresh();
    await client.desk.series.only.refuse(failure);
    expect(xOf('loss')).toEqual([1, 2, 3]);
  });
});
