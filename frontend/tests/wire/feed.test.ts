import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WorkerFeed, type WorkerPort } from '../../src/wire/feed';
import type { FromWorker, ToWorker } from '../../src/wire/feed_messages';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class FakePort {
  readonly said: ToWorker[] = [];
  onmessage: WorkerPort['onmessage'] = null;
  postMessage = (message: ToWorker) => void this.said.push(message);
  say = (message: FromWorker) => this.onmessage?.({ data: message } as MessageEvent);
}

const shared = () => new FakePort();
const question = { task: 'job' };

function news(id: number, cursor: string): FromWorker {
  return { kind: 'news', id, deltas: { task: 'job', cursor, messages: [] }, way: 'stream' };
}

describe('A feed', () => {
  it('says what it watches, hears what comes, and says when it leaves', () => {
    const port = shared();
    const feed = new WorkerFeed({ shared: () => port, own: () => Promise.reject(new Error()) });
    const hear = vi.fn();
    const leave = feed.watch(question, 'b:1', hear);
    expect(port.said).toEqual([{ kind: 'watch', id: 1, question, cursor: 'b:1' }]);
    port.say({ kind: 'ready' });
    port.say({ kind: 'streaming', id: 1 });
    port.say(news(1, 'b:2'));
    expect(hear.mock.calls).toEqual([
      [null, 'stream'],
      [{ ok: true, value: { task: 'job', cursor: 'b:2', messages: [] } }, 'stream'],
    ]);
    leave();
    port.say(news(1, 'b:3'));
    expect(hear).toHaveBeenCalledTimes(2);
    expect(port.said.at(-1)).toEqual({ kind: 'leave', id: 1 });
  });

  it('tells of trouble as of any failed answer', () => {
    const port = shared();
    const feed = new WorkerFeed({ shared: () => port, own: () => Promise.reject(new Error()) });
    const hear = vi.fn();
    feed.watch(question, 'b:1', hear);
    const failure = { kind: 'unreachable', sentence: 'No.' } as const;
    port.say({ kind: 'trouble', id: 1, failure });
    expect(hear).toHaveBeenLastCalledWith({ ok: false, failure }, 'poll');
  });

  it('says now and then that it is still here, and goodbye', async () => {
    const port = shared();
    const feed = new WorkerFeed({ shared: () => port, own: () => Promise.reject(new Error()) });
    feed.watch(question, 'b:1', () => {});
    port.say({ kind: 'ready' });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(port.said.filter((one) => one.kind === 'here')).toHaveLength(2);
    feed.leave();
    expect(port.said.at(-1)).toEqual({ kind: 'bye' });
  });
});

describe('A worker that had given the tab up', () => {
  it('is told anew what it watches, from where it is now', () => {
    const port = shared();
    const feed = new WorkerFeed({ shared: () => port, own: () => Promise.reject(new Error()) });
    feed.watch(question, 'b:1', () => {});
    port.say({ kind: 'ready' });
    port.say(news(1, 'b:5'));
    port.say({ kind: 'ready' });
    expect(port.said).toEqual([
      { kind: 'watch', id: 1, question, cursor: 'b:1' },
      { kind: 'watch', id: 1, question, cursor: 'b:5' },
    ]);
  });
});

describe('Without a shared worker', () => {
  const cases = {
    'that the browser has not': () => null,
    'that does not start': (onError: () => void) => {
      queueMicrotask(onError);
      return shared();
    },
    'that never answers': () => shared(),
  };

  for (const [name, make] of Object.entries(cases)) {
    it(`${name}, the page does the same by itself, from the same cursor`, async () => {
      const own = new FakePort();
      const feed = new WorkerFeed({ shared: make, own: async () => own });
      const hear = vi.fn();
      feed.watch(question, 'b:1', hear);
      await vi.advanceTimersByTimeAsync(5000);
      feed.watch({ task: 'other' }, 'o:1', hear);
      expect(own.said.filter((one) => one.kind === 'watch')).toEqual([
        { kind: 'watch', id: 1, question, cursor: 'b:1' },
        { kind: 'watch', id: 2, question: { task: 'other' }, cursor: 'o:1' },
      ]);
      own.say(news(1, 'b:2'));
      expect(hear).toHaveBeenCalledTimes(1);
    });
  }
});
