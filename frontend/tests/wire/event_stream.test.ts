import { describe, expect, it } from 'vitest';
import { EventSetReader } from '../../src/wire/event_stream';

const OPENING = 'retry: 2000\n\n';
const TASK = 'event: task\ndata: {"type":"task"}\n\n';
const POINTS = 'event: points\nid: b:2\ndata: {"type":"points","of":"a: b"}\n\n';

describe('Server-sent events', () => {
  it('are gathered into the set that the last of them names a cursor for', () => {
    const reader = new EventSetReader();
    expect(reader.read(OPENING + TASK)).toEqual([]);
    expect(reader.read(POINTS)).toEqual([
      { cursor: 'b:2', messages: [{ type: 'task' }, { type: 'points', of: 'a: b' }] },
    ]);
  });

  it('may come in pieces, cut anywhere', () => {
    const text = `${OPENING}:\n\n${TASK}${POINTS}:\n\n${POINTS}`;
    const whole = new EventSetReader().read(text);
    expect(whole).toHaveLength(2);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const reader = new EventSetReader();
      expect([...reader.read(text.slice(0, cut)), ...reader.read(text.slice(cut))]).toEqual(whole);
    }
  });
});
