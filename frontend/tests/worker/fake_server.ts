/** A server whose streams and answers are what the test says. */

import type { Fetch } from '../../src/wire/http';

export interface Stream {
  readonly url: string;
  send(text: string): Promise<void>;
  cut(): Promise<void>;
  /** As the server does after a while. */
  end(): Promise<void>;
  readonly isOpen: boolean;
}

export class FakeServer {
  readonly streams: Stream[] = [];
  /** Cursors that were polled from. */
  readonly polled: string[] = [];
  /** Whether a stream says something at once, as the real server's does. */
  greets = false;
  onStream: (() => Response) | null = null;
  onPoll: (cursor: string) => Response | Promise<Response> = (cursor) => deltas(cursor);

  readonly fetch: Fetch = async (url, { signal }) => {
    const cursor = new URLSearchParams(url.split('?')[1]).get('cursor') ?? '';
    if (!url.startsWith('stream?')) {
      this.polled.push(cursor);
      return this.onPoll(cursor);
    }
    return this.onStream?.() ?? this.#stream(url, signal);
  };

  get open(): readonly Stream[] {
    return this.streams.filter((stream) => stream.isOpen);
  }

  #stream(url: string, signal: AbortSignal): Response {
    const encoder = new TextEncoder();
    let isOpen = true;
    let pipe: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        pipe = controller;
        if (this.greets) pipe.enqueue(encoder.encode(OPENING));
      },
    });
    const end = (error?: Error) => {
      if (!isOpen) return;
      isOpen = false;
      if (error) pipe.error(error);
      else pipe.close();
    };
    signal.addEventListener('abort', () => end(new Error('aborted')));
    this.streams.push({
      url,
      send: async (text) => {
        pipe.enqueue(encoder.encode(text));
        await settled();
      },
      cut: async () => {
        end(new Error('cut'));
        await settled();
      },
      end: async () => {
        end();
        await settled();
      },
      get isOpen() {
        return isOpen;
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }
}

export function deltas(cursor: string, ...messages: unknown[]): Response {
  return Response.json({ task: 'job', cursor, messages });
}

export function badGateway(): Response {
  return new Response('<html>502</html>', { status: 502 });
}

export const OPENING = 'retry: 2000\n\n';

export function event(cursor: string): string {
  return `event: points\nid: ${cursor}\ndata: {"type":"points"}\n\n`;
}

/** Lets every promise that can go on do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}
