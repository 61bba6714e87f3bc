import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromWorker, ToWorker } from '../../src/wire/feed_messages';
import { Hub, type TabPort } from '../../src/worker/hub';
import { badGateway, deltas, event, FakeServer, OPENING, settled } from './fake_server';

let server: FakeServer;
let hub: Hub;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  server = new FakeServer();
  hub = new Hub(server.fetch);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

class Tab {
  readonly heard: FromWorker[] = [];
  readonly #port: TabPort = { postMessage: (message) => void this.heard.push(message), onmessage: null };

  constructor() {
    hub.connect(this.#port);
  }

  async say(message: ToWorker): Promise<void> {
    this.#port.onmessage?.({ data: message } as MessageEvent);
    await settled();
  }

  watch(id: number, cursor = 'b:1', task = 'job') {
    return this.say({ kind: 'watch', id, question: { task }, cursor });
  }

  /** The cursors of what came, by watch. */
  news(id = 1): readonly string[] {
    return this.heard.flatMap((one) =>
      one.kind === 'news' && one.id === id ? [(one.deltas as { cursor: string }).cursor] : [],
    );
  }
}

async function tell(text: string): Promise<void> {
  for (const stream of server.open) await stream.send(text);
}

describe('The hub', () => {
  it('holds one stream for eight tabs that ask the same, and tells all of them', async () => {
    const tabs = Array.from({ length: 8 }, () => new Tab());
    for (const tab of tabs) await tab.watch(1);
    expect(server.open).toHaveLength(1);
    await tell(OPENING + event('b:2'));
    for (const tab of tabs) expect(tab.news()).toEqual(['b:2']);
  });

  it('closes the stream with its last tab', async () => {
    const tabs = [new Tab(), new Tab()] as const;
    for (const tab of tabs) await tab.watch(1);
    await tabs[0].say({ kind: 'leave', id: 1 });
    expect(server.open).toHaveLength(1);
    await tabs[1].say({ kind: 'bye' });
    expect(server.open).toEqual([]);
  });

  it('brings a tab up to date that comes later, and then tells it what came meanwhile', async () => {
    const [first, late] = [new Tab(), new Tab()];
    await first.watch(1);
    await tell(OPENING + event('b:2'));
    let answer: (response: Response) => void = () => {};
    server.onPoll = () => new Promise((resolve) => (answer = resolve));
    await late.watch(1, 'b:1');
    await tell(event('b:3'));
    expect(late.news()).toEqual([]);
    expect(server.polled).toEqual(['b:1']);
    answer(deltas('b:2'));
    await settled();
    expect(late.news()).toEqual(['b:2', 'b:3']);
    expect(late.heard).toContainEqual({ kind: 'streaming', id: 1 });
    await tell(event('b:4'));
    expect(late.news()).toEqual(['b:2', 'b:3', 'b:4']);
    expect(first.news()).toEqual(['b:2', 'b:3', 'b:4']);
  });

  it('goes on bringing it up to date until it succeeds', async () => {
    const [first, late] = [new Tab(), new Tab()];
    await first.watch(1);
    await tell(OPENING + event('b:2'));
    server.onPoll = badGateway;
    await late.watch(1, 'b:1');
    expect(late.heard.at(-1)).toMatchObject({ kind: 'trouble' });
    server.onPoll = () => deltas('b:2');
    await vi.advanceTimersByTimeAsync(1100);
    await settled();
    expect(late.news()).toEqual(['b:2']);
  });

  it('asks nothing for one that stands where the stream does', async () => {
    const [first, late] = [new Tab(), new Tab()];
    await first.watch(1);
    await tell(OPENING + event('b:2'));
    await late.watch(1, 'b:2');
    expect(server.polled).toEqual([]);
  });

  it('streams two questions and polls a third, until there is room', async () => {
    const tab = new Tab();
    for (const id of [1, 2, 3]) await tab.watch(id, 'b:1', `job${id}`);
    expect(server.open.map((stream) => stream.url)).toEqual([
      'stream?task=job1&cursor=b%3A1&client=0.5',
      'stream?task=job2&cursor=b%3A1&client=0.5%2B',
    ]);
    expect(tab.news(3)).toEqual(['b:1']);
    await tab.say({ kind: 'leave', id: 1 });
    await vi.advanceTimersByTimeAsync(1100);
    await settled();
    expect(server.open.map((stream) => stream.url)).toContain(
      'stream?task=job3&cursor=b%3A1&client=0.5%2B%2B',
    );
  });

  it('gives a new line the name of one that has gone, whose stream a proxy may have kept', async () => {
    const tab = new Tab();
    for (const id of [1, 2]) await tab.watch(id, 'b:1', `job${id}`);
    await tab.say({ kind: 'leave', id: 1 });
    await tab.watch(3, 'b:1', 'job3');
    expect(server.streams.at(-1)?.url).toBe('stream?task=job3&cursor=b%3A1&client=0.5');
  });

  it('lets go of a tab that has crashed, by its silence', async () => {
    const [alive, crashed] = [new Tab(), new Tab()];
    await alive.watch(1, 'b:1', 'mine');
    await crashed.watch(1, 'b:1', 'its');
    for (const stream of server.open) await stream.send(OPENING);
    for (let ten = 0; ten < 9; ten += 1) {
      await alive.say({ kind: 'here' });
      for (const stream of server.open) await stream.send(':\n\n');
      await vi.advanceTimersByTimeAsync(10_000);
      await settled();
    }
    expect(server.open.map((stream) => stream.url)).toEqual(['stream?task=mine&cursor=b%3A1&client=0.5']);
  });

  it('asks a tab that it had given up, and that speaks again, what it watches', async () => {
    const tab = new Tab();
    await tab.watch(1);
    await vi.advanceTimersByTimeAsync(80_000);
    expect(server.open).toEqual([]);
    await tab.say({ kind: 'here' });
    expect(tab.heard.at(-1)).toEqual({ kind: 'ready' });
    await tab.watch(1);
    expect(server.open).toHaveLength(1);
  });
});
