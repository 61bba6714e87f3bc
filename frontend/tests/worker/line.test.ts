import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Line } from '../../src/worker/line';
import { badGateway, deltas, event, FakeServer, OPENING, settled } from './fake_server';

let server: FakeServer;
let line: Line;
/** What was told, as "way cursor", "streaming" or "trouble". */
let told: string[];
let mayStream: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  told = [];
  mayStream = true;
});
afterEach(() => {
  line.close();
  vi.useRealTimers();
});

async function open(): Promise<void> {
  line = new Line('tab+', { task: 'job', metric: ['loss'] }, 'b:1', server.fetch, {
    news: (news, way) => told.push(`${way} ${(news as { cursor: string }).cursor}`),
    streaming: () => told.push('streaming'),
    trouble: () => told.push('trouble'),
    mayStream: () => mayStream,
  });
  await settled();
}

async function pass(seconds: number): Promise<void> {
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    await vi.advanceTimersByTimeAsync(100);
    await settled();
  }
}

function stream() {
  const last = server.streams.at(-1);
  if (last === undefined) throw new Error('There is no stream.');
  return last;
}

describe('A line', () => {
  it('streams from its cursor on, and polls nothing meanwhile', async () => {
    await open();
    expect(stream().url).toBe('stream?task=job&metric=loss&cursor=b%3A1&client=tab%2B');
    await stream().send(OPENING + event('b:2'));
    await pass(10);
    await stream().send(event('b:3'));
    expect(told).toEqual(['streaming', 'stream b:2', 'stream b:3']);
    expect(server.polled).toEqual([]);
  });

  it('whose stream ends after a good while opens the next at once, from where it stands', async () => {
    await open();
    await stream().send(OPENING + event('b:2'));
    await pass(20);
    await stream().end();
    expect(server.streams).toHaveLength(2);
    expect(stream().url).toContain('cursor=b%3A2');
    await stream().send(OPENING + event('b:3'));
    expect(told.at(-1)).toBe('stream b:3');
    expect(server.polled).toEqual([]);
  });

  it('that is cut off and cannot stream at once gets by a poll what it missed', async () => {
    await open();
    await stream().send(OPENING + event('b:2'));
    await pass(10);
    server.onPoll = () => deltas('b:5');
    server.onStream = badGateway;
    await stream().cut();
    expect(server.polled).toEqual(['b:2']);
    expect(told.at(-1)).toBe('poll b:5');
  });

  it('polls every second while its streams are cut off at once, and tries them less and less', async () => {
    server.onStream = badGateway;
    await open();
    const tries = vi.fn(badGateway);
    server.onStream = tries;
    await pass(60);
    expect(server.polled.length).toBeGreaterThan(50);
    expect(tries.mock.calls.length).toBeLessThan(8);
    expect(told).not.toContain('trouble');
    server.onStream = null;
    server.greets = true;
    await pass(35);
    expect(told).toContain('streaming');
  });

  it('polls where a proxy holds its stream back, and hardly tries again', async () => {
    await open();
    await pass(59);
    expect(server.streams).toHaveLength(1);
    expect(server.streams[0]?.isOpen).toBe(false);
    expect(server.polled.length).toBeGreaterThan(50);
    await pass(10);
    expect(server.streams).toHaveLength(2);
  });

  it('takes a page of a proxy for no stream', async () => {
    server.onStream = () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } });
    await open();
    expect(server.polled).toEqual(['b:1']);
  });

  it('polls where all streams are taken', async () => {
    server.onStream = () =>
      Response.json({ error: { code: 'too_many_streams', message: '' } }, { status: 503 });
    await open();
    await pass(5);
    expect(server.polled.length).toBeGreaterThan(3);
    expect(told).not.toContain('trouble');
  });

  it('polls once a stream that had opened is silent, since the server says something every 15 s', async () => {
    await open();
    await stream().send(OPENING);
    await pass(20);
    await stream().send(':\n\n');
    await pass(24);
    expect(stream().isOpen).toBe(true);
    await pass(2);
    expect(server.streams).toHaveLength(1);
    expect(stream().isOpen).toBe(false);
    await pass(57);
    expect(server.streams).toHaveLength(1);
    expect(server.polled.length).toBeGreaterThan(50);
    await pass(3);
    expect(server.streams).toHaveLength(2);
  });

  it('waits for streams ever less often where a proxy lets nothing but their openings through', async () => {
    server.greets = true;
    await open();
    await pass(3600);
    expect(server.streams).toHaveLength(6);
    expect(server.polled.length).toBeGreaterThan(3300);
  });

  it('forgets that streams were held back when one was good, and opens the next at once', async () => {
    server.greets = true;
    await open();
    await pass(26 + 60);
    expect(server.streams).toHaveLength(2);
    await pass(6);
    await stream().end();
    expect(server.streams).toHaveLength(3);
    await pass(26 + 60);
    expect(server.streams).toHaveLength(4);
  });

  it('says when the server does not answer, asks ever less often, and streams when it is back', async () => {
    server.onPoll = () => Promise.reject(new Error('connection refused'));
    server.onStream = badGateway;
    await open();
    await pass(60);
    expect(told.every((one) => one === 'trouble')).toBe(true);
    expect(told.length).toBeLessThan(10);
    server.onPoll = () => deltas('c:9');
    server.onStream = null;
    await pass(16);
    expect(told.at(-1)).toBe('poll c:9');
    await pass(33);
    expect(stream().url).toContain('cursor=c%3A9');
  });

  it('polls where it may not stream, until it may', async () => {
    mayStream = false;
    await open();
    await pass(3);
    expect(server.streams).toEqual([]);
    mayStream = true;
    await pass(1);
    expect(server.open).toHaveLength(1);
  });

  it('that is closed asks nothing and tells nothing any more', async () => {
    await open();
    await stream().send(OPENING);
    line.close();
    await pass(5);
    expect(server.open).toEqual([]);
    expect(server.polled).toEqual([]);
  });
});
