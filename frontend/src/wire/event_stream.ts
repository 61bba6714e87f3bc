/** Server-sent events as our server sends them: sets of messages, the last of which has the cursor behind them for its id. */

import type { Message } from './messages';

export interface EventSet {
  readonly cursor: string;
  readonly messages: readonly Message[];
}

export class EventSetReader {
  #rest = '';
  #messages: Message[] = [];

  /** Takes text as it comes, cut anywhere; answers the sets that it completes. */
  read(text: string): readonly EventSet[] {
    const events = (this.#rest + text).split('\n\n');
    this.#rest = events.pop() ?? '';
    return events.map((event) => this.#take(event)).filter((set) => set !== null);
  }

  #take(event: string): EventSet | null {
    const fields = new Map(event.split('\n').map(fieldOf));
    const data = fields.get('data');
    if (data === undefined) return null;
    this.#messages.push(JSON.parse(data));
    const cursor = fields.get('id');
    if (cursor === undefined) return null;
    const messages = this.#messages;
    this.#messages = [];
    return { cursor, messages };
  }
}

/** A comment has no name. */
function fieldOf(line: string): [string, string] {
  const at = line.indexOf(': ');
  return [line.slice(0, Math.max(at, 0)), line.slice(at + 2)];
}
