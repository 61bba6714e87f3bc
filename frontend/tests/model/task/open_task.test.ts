import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { LogStore } from '../../../src/model/log/log_store';
import { OpenTask } from '../../../src/model/task/open_task';
import { columnsAt, row, task } from '../../examples';
import { deltas, FakeClient, FakeFeed, lossUpTo, page, seriesSet, settled } from '../fake_client';

let client: FakeClient;
let feed: FakeFeed;
let open: OpenTask;

beforeEach(async () => {
  client = new FakeClient();
  feed = new FakeFeed();
  const look = { ema: 0.6, ma: 5, view: 'latest' } as const;
  open = new OpenTask('job', client, feed, new Connection(() => 0), {
    look,
    total: null,
    isUsual: true,
    filter: { types: [], search: '' },
  });
  open.logsBy(LogStore);
  void open.load();
  await client.desk.task.only.answer(task());
  await client.desk.logs.only.answer(page([row(2), row(1)], null));
  void open.want(['loss']);
  await client.desk.series.only.answer(seriesSet('c1', { loss: lossUpTo(3) }));
});

function x(metric: string): readonly number[] | null {
  const state = open.series.chart(metric).value;
  return state.kind === 'ready' ? state.series.x : null;
}

function points(metric: string, at: readonly number[], total: number) {
  return { type: 'points', revision: 1, series: { [metric]: columnsAt(at, total) } } as const;
}

async function poll(...answer: Parameters<typeof deltas>) {
  void open.poll();
  const asked = client.desk.points.only;
  await asked.answer(deltas(...answer));
  return asked.question;
}

describe('Deltas', () => {
  it('are asked for from where the last ones ended', async () => {
    expect((await poll('c2')).cursor).toBe('c1');
    expect((await poll('c3')).cursor).toBe('c2');
  });

  it('bring points, rows and the state of the task', async () => {
    const ended = task({ status: 'completed', mode: 'history' });
    await poll('c2', { type: 'task', task: ended }, points('loss', [4], 4), {
      type: 'logs',
      logs: [row(3)],
      total: 3,
    });
    expect(x('loss')).toEqual([1, 2, 3, 4]);
    expect([...(open.logs?.log.value?.rows.values() ?? [])].map((one) => one.id)).toEqual(['2', '1', '3']);
    expect(open.task.value?.mode).toBe('history');
  });

  it('carry the smoothing of the series that they go behind', async () => {
    expect(await poll('c2')).toMatchObject({ ema: 0.6, ma: 5, metric: ['loss'] });
  });

  it('that were under way when a chart was unfolded are dropped, and nothing is lost or doubled', async () => {
    void open.poll();
    const overtaken = client.desk.points.only;
    void open.want(['loss', 'grad_norm']);
    await overtaken.answer(deltas('c9', points('loss', [4], 4)));
    await client.desk.series.only.answer(seriesSet('c9', { grad_norm: lossUpTo(5) }));
    const question = await poll('c10', points('loss', [4, 5], 5), points('grad_norm', [4, 5], 5));
    expect(question.cursor).toBe('c1');
    expect([x('loss'), x('grad_norm')]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
  });

  it('are not asked for while series are on their way', async () => {
    void open.want(['loss', 'grad_norm']);
    await open.poll();
    expect(client.desk.points.asked).toEqual([]);
  });
});

describe('A followed task', () => {
  beforeEach(() => open.follow(true));

  it('takes what comes and goes on from there after a pause', async () => {
    await feed.tell('c2', points('loss', [4, 5], 5));
    expect(open.way.value).toBe('stream');
    open.follow(false);
    expect([feed.watched, open.way.value]).toEqual([[], null]);
    open.follow(true);
    expect(feed.only.cursor).toBe('c2');
    await feed.tell('c3', points('loss', [6], 6));
    expect(x('loss')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is followed with the new question once its series are here, from the old cursor', async () => {
    void open.look({ ema: 0.9, ma: 1, view: 'latest' });
    expect(feed.watched).toEqual([]);
    await client.desk.series.only.answer(seriesSet('c8', { loss: lossUpTo(8) }));
    expect(feed.only).toMatchObject({ cursor: 'c1', question: { ema: 0.9, ma: 1 } });
    await feed.tell('c9', points('loss', [4, 5, 6, 7, 8, 9], 9));
    expect(x('loss')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('keeps what comes while everything is asked again, and takes it behind the answers', async () => {
    await feed.tell('d1', { type: 'reset', reason: 'A new attempt began.' });
    await feed.tell('d2', points('loss', [5], 5));
    await feed.tell('d3', points('loss', [6], 6));
    await client.desk.task.only.answer(task());
    // Older than what has come meanwhile.
    await client.desk.series.only.answer(seriesSet('d1', { loss: lossUpTo(4) }));
    await client.desk.logs.only.answer(page([], null));
    expect(x('loss')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('asks for a series again whose delta does not connect, and takes what comes meanwhile', async () => {
    await feed.tell('c2', points('loss', [9], 9));
    await feed.tell('c3', points('loss', [10], 10));
    expect(x('loss')).toEqual([1, 2, 3]);
    await client.desk.series.only.answer(seriesSet('c2', { loss: lossUpTo(9) }));
    expect(x('loss')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is followed no more once it is closed', () => {
    open.close();
    expect(feed.watched).toEqual([]);
  });
});

describe('A reset', () => {
  it('asks for task, series and log again, and keeps what is shown until they are there', async () => {
    await poll('d1', { type: 'reset', reason: 'A new attempt began.' });
    expect(x('loss')).toEqual([1, 2, 3]);
    await client.desk.task.only.answer(task({ step: 99 }));
    await client.desk.series.only.answer(seriesSet('d1', { loss: lossUpTo(2) }));
    await client.desk.logs.only.answer(page([row(7)], null));
    expect(x('loss')).toEqual([1, 2]);
    expect(open.logs?.log.value?.rows.size).toBe(1);
    expect((await poll('d2')).cursor).toBe('d1');
  });
});

describe('A log that is looked at later than the charts', () => {
  it('is asked for then, by the filter of that time, and takes what comes from there on', async () => {
    const later = new OpenTask('job', client, feed, new Connection(() => 0), {
      look: open.series.look,
      total: null,
      isUsual: false,
      filter: { types: [], search: '' },
    });
    void later.load();
    await client.desk.task.only.answer(task());
    await client.desk.marks.asked
      .at(-1)
      ?.answer({ task: 'job', revision: 1, marks: [], omitted: 0, best: null });
    expect(client.desk.logs.asked).toEqual([]);
    later.filterLogs({ types: ['eval'], search: '' });
    later.logsBy(LogStore);
    const asked = client.desk.logs.only;
    expect(asked.question.type).toEqual(['eval']);
    await asked.answer(page([row(2, 'eval'), row(1, 'eval')], null));
    expect(later.logs?.log.value?.total).toBe(2);
  });
});

describe('A total that the reader typed', () => {
  it('is sent with every question that it concerns', async () => {
    void open.setTotal(500);
    const asked = client.desk.task.only;
    expect(asked.question).toEqual({ task: 'job', total: 500 });
    await asked.answer(task());
    expect((await poll('c2')).total_steps).toBe(500);
  });
});

describe('A task that has gone', () => {
  it('stays on the page with the reason', async () => {
    void open.poll();
    const sentence = "There is no task 'job'.";
    await client.desk.points.only.refuse({ kind: 'refused', status: 404, code: 'unknown_task', sentence });
    expect(open.failure.value?.sentence).toBe(sentence);
    expect(open.task.value?.id).toBe('job');
  });

  it('that is closed takes no answer any more', async () => {
    void open.setTotal(5);
    open.close();
    await client.desk.task.only.answer(task({ step: 77 }));
    await settled();
    expect(open.task.value?.step).toBe(10);
  });
});
