import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alerts } from '../../src/model/away/alerts';
import { LogStore } from '../../src/model/log/log_store';
import { Pins } from '../../src/model/metrics/pins';
import { Monitor } from '../../src/model/monitor';
import { type Page, View } from '../../src/model/view/view';
import { failed } from '../../src/wire/failure';
import type { Task, TaskSummary } from '../../src/wire/messages';
import { attempt, metric, summary, task, taskList } from '../examples';
import { deltas, FakeClient, FakeFeed, lossUpTo, page, seriesSet, settled } from './fake_client';

let client: FakeClient;
let feed: FakeFeed;
let monitor: Monitor;
let url: { hash: string; back: (hash: string) => void };
/** The places that the browser's "back" leads to. */
let left: string[];
let time = 1000;
/** What the browser keeps for the next page. */
let kept: string | null;
const pins = new Pins({
  getItem: () => kept,
  setItem: (_key, value) => {
    kept = value;
  },
});

beforeEach(() => {
  vi.useFakeTimers();
  time = 1000;
  kept = null;
});
afterEach(() => {
  monitor.show(false);
  vi.useRealTimers();
});

function start(hash = '#trainmon'): void {
  url = {
    hash,
    // The browser has moved on, and says so only later.
    back: (to) => {
      url.hash = to;
      location.hash = to;
    },
  };
  left = [];
  const location = { pathname: '/', search: '', hash } as Location;
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, to: string) => {
      url.hash = to;
      location.hash = to.slice(to.indexOf('#'));
    },
    pushState: (_state: unknown, _title: string, to: string) => {
      left.push(location.hash);
      url.hash = to;
      location.hash = to.slice(to.indexOf('#'));
    },
  } as unknown as History;
  const parent: Page = { location, history, addEventListener: () => {} };
  client = new FakeClient();
  feed = new FakeFeed();
  const alerts = new Alerts(null, () => {});
  monitor = new Monitor(
    client,
    feed,
    new View(parent, new AbortController().signal),
    () => time,
    alerts,
    pins,
  );
  monitor.show(true);
}

async function list(...tasks: TaskSummary[]): Promise<void> {
  await settled();
  await client.desk.tasks.only.answer(taskList(...tasks));
}

async function opened(changes: Partial<Task> = {}): Promise<void> {
  monitor.open.value?.logsBy(LogStore);
  await client.desk.task.only.answer(task({ metrics: [metric('loss')], ...changes }));
  await client.desk.series.only.answer(seriesSet('c1', { loss: lossUpTo(3) }));
  await client.desk.logs.only.answer(page([], null));
}

describe('The task on the page', () => {
  it('is the one in the URL', () => {
    start('#trainmon&p.trainmon.task=other');
    expect(client.desk.task.only.question.task).toBe('other');
  });

  it('is the only one that there is where the URL names none', async () => {
    start();
    await list(summary({ id: 'alone' }));
    expect(client.desk.task.only.question.task).toBe('alone');
  });

  it('is none of several where the URL names none: that is for the reader to choose', async () => {
    start();
    await list(summary({ id: 'newest' }), summary({ id: 'older' }));
    expect([monitor.open.value, client.desk.task.asked]).toEqual([null, []]);
  });

  it('is not the first of a list that is not whole yet', async () => {
    start();
    const progress = { stage: 'judging', done: 1, total: 20 } as const;
    await client.desk.tasks.only.answer({ ...taskList(summary()), progress });
    expect(monitor.open.value).toBeNull();
  });

  it('is left for the overview, and neither asked for nor followed any more', async () => {
    start('#trainmon&p.trainmon.task=job');
    await opened();
    await list(summary());
    monitor.view.showAll();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([monitor.open.value, feed.watched, client.desk.task.asked, client.desk.points.asked]).toEqual([
      null,
      [],
      [],
      [],
    ]);
    expect(url.hash).toBe('/#trainmon&p.trainmon.task=');
  });

  it('stays when another one becomes the latest', async () => {
    start();
    await list(summary());
    await opened();
    await vi.advanceTimersByTimeAsync(5000);
    await list(summary({ id: 'newcomer' }), summary());
    expect(monitor.open.value?.id).toBe('job');
    expect(client.desk.task.asked).toEqual([]);
  });

  it('goes into the URL once it is chosen', async () => {
    start();
    monitor.view.openTask('a/b');
    expect(url.hash).toBe('/#trainmon&p.trainmon.task=a%2Fb');
  });

  it('is a step that the browser’s "back" undoes, to where all tasks were shown', () => {
    start('#trainmon&p.trainmon.ema=0.9');
    monitor.view.openTask('job');
    monitor.view.set({ ma: 7 });
    monitor.view.openTask('other');
    const before = [
      '#trainmon&p.trainmon.task=&p.trainmon.ema=0.9',
      'job&p.trainmon.ema=0.9&p.trainmon.ma=7',
    ];
    expect(left).toEqual(before.map((hash) => expect.stringContaining(hash)));
  });
});

describe('A step back that is under way', () => {
  it('is not overtaken by what was written already', async () => {
    start();
    monitor.view.openTask('job');
    url.back('#trainmon&p.trainmon.task=');
    await vi.advanceTimersByTimeAsync(300);
    expect(url.hash).toBe('#trainmon&p.trainmon.task=');
  });
});

describe('The list', () => {
  it('is asked for what is new of it', async () => {
    start();
    await list(summary({ id: 'a' }), summary({ id: 'b' }));
    await vi.advanceTimersByTimeAsync(5000);
    const asked = client.desk.tasks.only;
    expect(asked.question).toBe('boot:1');
    const news = summary({ id: 'b', step: 11, last_event_at: 2 });
    await asked.answer({ ...taskList(news), whole: false, revision: 'boot:2' });
    expect(monitor.tasks.list.value?.tasks.map(({ id, step }) => [id, step])).toEqual([
      ['b', 11],
      ['a', 10],
    ]);
  });
});

describe('An alert', () => {
  const running = { id: 'job', status: 'running', mode: 'live' } as const;
  const failed = { id: 'job', status: 'failed', mode: 'history' } as const;

  it('comes to a hidden page by a slow beat, where the reader has asked for it', async () => {
    start('#trainmon&p.trainmon.task=');
    monitor.alerts.watch('job', true);
    await list(summary(running), summary({ id: 'b' }));
    monitor.show(false);
    await list(summary(running), summary({ id: 'b' }));
    await vi.advanceTimersByTimeAsync(29_000);
    expect(client.desk.tasks.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    await list(summary(failed), summary({ id: 'b' }));
    expect(monitor.alerts.unseen.value).toMatchObject({ id: 'job', mark: '✗' });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(client.desk.tasks.asked).toEqual([]);
  });

  it('costs a hidden page nothing where nobody has asked for it', async () => {
    start('#trainmon&p.trainmon.task=');
    await list(summary(running), summary({ id: 'b' }));
    monitor.show(false);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(client.desk.tasks.asked).toEqual([]);
  });

  it('comes of the task on the page while the reader is elsewhere, once', async () => {
    start();
    monitor.hasFocus = () => false;
    await list(summary());
    await opened();
    await feed.tell('c2', {
      type: 'task',
      task: task({ metrics: [metric('loss')], status: 'completed', mode: 'history' }),
    });
    expect(monitor.alerts.unseen.value).toMatchObject({ id: 'job', mark: '✓' });
    monitor.alerts.seen();
    await vi.advanceTimersByTimeAsync(5000);
    await list(summary({ status: 'completed', mode: 'history' }));
    expect(monitor.alerts.unseen.value).toBeNull();
  });
});

describe('A live task', () => {
  it('is followed from where its series end', async () => {
    start();
    await list(summary());
    await opened();
    expect(feed.only).toMatchObject({
      cursor: 'c1',
      question: { task: 'job', metric: ['loss'], ema: 0.6, ma: 5 },
    });
  });

  it('is not followed while nobody looks, and from the cursor on when shown again', async () => {
    start();
    await list(summary());
    await opened();
    await feed.tell('c2');
    monitor.show(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([feed.watched, client.desk.points.asked, client.desk.tasks.asked]).toEqual([[], [], []]);
    monitor.show(true);
    expect(feed.only.cursor).toBe('c2');
  });

  it('that ends is left alone', async () => {
    start();
    await list(summary());
    await opened();
    const ended = task({ metrics: [metric('loss')], status: 'completed', mode: 'history' });
    await feed.tell('c2', { type: 'task', task: ended });
    expect(feed.watched).toEqual([]);
  });

  it('without a scalar is asked for a cursor first', async () => {
    start();
    await list(summary({ status: 'pending' }));
    monitor.open.value?.logsBy(LogStore);
    await client.desk.task.only.answer(task({ metrics: [], status: 'pending' }));
    await client.desk.logs.only.answer(page([], null));
    expect(client.desk.points.only.question).toMatchObject({ cursor: null, metric: [] });
  });
});

describe('A finished task', () => {
  const finished = { mode: 'history', status: 'completed' } as const;

  it('is left alone', async () => {
    start();
    await list(summary(finished));
    await opened(finished);
    client.desk.points.asked.splice(0);
    await vi.advanceTimersByTimeAsync(4000);
    expect([feed.watched, client.desk.points.asked]).toEqual([[], []]);
  });

  it('that was resumed is noticed through the list, and goes live by itself', async () => {
    start();
    await list(summary(finished));
    await opened(finished);
    await vi.advanceTimersByTimeAsync(5000);
    await list(summary(finished));
    if (client.desk.points.asked.length > 0) await client.desk.points.only.answer(deltas('c1'));
    await vi.advanceTimersByTimeAsync(5000);
    await list(summary({ status: 'running', mode: 'live' }));
    await client.desk.points.only.answer(
      deltas('c2', { type: 'task', task: task({ metrics: [metric('loss')] }) }),
    );
    expect(feed.only.cursor).toBe('c2');
  });
});

describe('The reader', () => {
  it('who moves the slider asks the server once the slider rests', async () => {
    start();
    await list(summary());
    await opened();
    for (const ema of [0.7, 0.8, 0.9]) monitor.view.set({ ema });
    expect(client.desk.series.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(client.desk.series.only.question.ema).toBe(0.9);
  });

  it('who unfolds a chart causes one question, for its series', async () => {
    start();
    await list(summary());
    await opened({ metrics: [metric('loss'), metric('grad_norm')] });
    monitor.view.toggle('open', 'other');
    expect(client.desk.series.only.question.metric).toEqual(['grad_norm']);
  });

  it('who zooms into a thinned history gets that stretch alone', async () => {
    start('#trainmon&p.trainmon.view=all');
    await list(summary());
    await client.desk.task.only.answer(task({ metrics: [metric('loss')] }));
    await client.desk.series.only.answer(seriesSet('c1', { loss: { ...lossUpTo(3), cropped_points: 9 } }));
    monitor.view.set({ range: { min: 1, max: 2 } });
    const asked = client.desk.series.only;
    expect(asked.question).toMatchObject({ x_min: 1, x_max: 2, view: 'all', metric: ['loss'] });
    await asked.answer(seriesSet('c1', { loss: lossUpTo(2) }));
    expect(monitor.detail.detail.value?.series.loss?.x).toEqual([1, 2]);
  });
});

describe('A pin', () => {
  const pinned = () => monitor.view.values.value.pinned;

  it('is there again when its task is opened the next time, and in no other task', () => {
    start('#trainmon&p.trainmon.task=job');
    monitor.togglePin('kl');
    start('#trainmon&p.trainmon.task=other');
    expect(pinned()).toEqual([]);
    monitor.view.openTask('job');
    expect(pinned()).toEqual(['kl']);
    monitor.view.openTask('other');
    expect(pinned()).toEqual([]);
  });

  it('that is taken off stays away', () => {
    start('#trainmon&p.trainmon.task=job');
    monitor.togglePin('kl');
    monitor.togglePin('kl');
    start('#trainmon&p.trainmon.task=job');
    expect(pinned()).toEqual([]);
  });

  it('of a link stands in the place of those that are kept, and does not overwrite them', () => {
    start('#trainmon&p.trainmon.task=job');
    monitor.togglePin('kl');
    start('#trainmon&p.trainmon.task=job&p.trainmon.pin=entropy');
    expect(pinned()).toEqual(['entropy']);
    start('#trainmon&p.trainmon.task=job');
    expect(pinned()).toEqual(['kl']);
  });
});

describe('The marks', () => {
  it('and the log are asked for once, when the charts have their points', async () => {
    start();
    await list(summary());
    monitor.open.value?.logsBy(LogStore);
    await client.desk.task.only.answer(task({ metrics: [metric('loss')] }));
    expect([client.desk.marks.asked, client.desk.logs.asked]).toEqual([[], []]);
    await client.desk.series.only.answer(seriesSet('c1', { loss: lossUpTo(3) }));
    expect(client.desk.marks.only.question).toBe('job');
    expect(client.desk.logs.only.question.task).toBe('job');
  });
});

describe('The axis', () => {
  const attempts = [attempt(1, { x_end: 3, active_start_s: 0, first_at: 1001, last_at: 1003 })];

  it('that is chosen takes the zoom with it', async () => {
    start();
    await list(summary());
    await opened({ attempts });
    monitor.view.set({ range: { min: 2, max: 3 } });
    monitor.zoom.setAxis('active');
    expect(monitor.view.values.value).toMatchObject({ axis: 'active', range: { min: 1, max: 2 } });
    monitor.zoom.setAxis('accumulated');
    expect(monitor.view.values.value).toMatchObject({ axis: 'accumulated', range: { min: 2, max: 3 } });
  });

  it('that is chosen drops a zoom that has no points', async () => {
    start();
    await list(summary());
    await opened({ attempts });
    monitor.view.set({ range: { min: 2.2, max: 2.8 } });
    monitor.zoom.setAxis('wall');
    expect(monitor.view.values.value.range).toBeNull();
  });

  it('that is chosen forgets what was pointed at', async () => {
    start();
    monitor.pointed.point(3, 'chart');
    monitor.zoom.setAxis('step');
    expect(monitor.pointed.place.value).toBeNull();
  });
});

describe('A stretch of a live task', () => {
  it('is asked for anew while points come into it', async () => {
    start('#trainmon&p.trainmon.view=all&p.trainmon.x=1~9');
    await list(summary());
    await client.desk.task.only.answer(task({ metrics: [metric('loss')] }));
    await client.desk.series.only.answer(seriesSet('c1', { loss: { ...lossUpTo(3), cropped_points: 9 } }));
    await client.desk.series.only.answer(seriesSet('c1', { loss: lossUpTo(3) }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(client.desk.series.asked).toEqual([]);
    time = 1006;
    await vi.advanceTimersByTimeAsync(2000);
    expect(client.desk.series.only.question).toMatchObject({ x_min: 1, x_max: 9 });
  });
});

describe('A server that does not answer', () => {
  it('is said once, and everything is asked again when it is back', async () => {
    start();
    await list(summary());
    await opened();
    feed.only.hear(failed({ kind: 'unreachable', sentence: 'TensorBoard does not answer.' }), 'poll');
    expect(monitor.connection.trouble.value?.since).toBe(1000);
    await feed.tell('c2');
    expect(monitor.connection.trouble.value).toBeNull();
    expect(client.desk.task.asked).toHaveLength(1);
  });

  it('at every turn, behind a proxy in a mood, has everything asked again only every few seconds', async () => {
    start();
    await list(summary());
    await opened();
    const mood = async () => {
      feed.only.hear(failed({ kind: 'unreachable', sentence: 'TensorBoard does not answer.' }), 'poll');
      await feed.tell('c2');
    };
    await mood();
    expect(client.desk.task.asked.splice(0)).toHaveLength(1);
    await mood();
    expect(client.desk.task.asked).toEqual([]);
    time += 6;
    await vi.advanceTimersByTimeAsync(1000);
    await mood();
    expect(client.desk.task.asked).toHaveLength(1);
  });

  it('one question, and does answer the others, is not asked everything again', async () => {
    start();
    await list(summary());
    await opened();
    const disk = { kind: 'refused', status: 500, code: 'internal', sentence: 'The disk is gone.' } as const;
    feed.only.hear(failed(disk), 'poll');
    await feed.tell('c2');
    expect([monitor.connection.trouble.value, client.desk.task.asked]).toEqual([null, []]);
  });
});
