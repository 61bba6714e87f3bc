import { describe, expect, it } from 'vitest';
import type { Shelf } from '../../../src/base/shelf';
import { Pins } from '../../../src/model/metrics/pins';

function shelf(text: string | null = null): Shelf & { readonly text: () => string | null } {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key, value) => {
      kept = value;
    },
    text: () => kept,
  };
}

describe('Pins', () => {
  it('are kept for their task, in their order', () => {
    const place = shelf();
    new Pins(place).keep('job', ['kl', 'entropy']);
    new Pins(place).keep('other', ['loss']);
    expect(new Pins(place).of('job')).toEqual(['kl', 'entropy']);
    expect(new Pins(place).of('a third')).toEqual([]);
  });

  it('that are all taken off leave nothing behind', () => {
    const place = shelf();
    new Pins(place).keep('job', ['kl']);
    new Pins(place).keep('job', []);
    expect(place.text()).toBe('[]');
  });

  it('of the task that was pinned longest ago make room', () => {
    const pins = new Pins(shelf());
    for (let task = 0; task < 201; task += 1) pins.keep(`${task}`, ['kl']);
    expect([pins.of('0'), pins.of('1')]).toEqual([[], ['kl']]);
  });

  it.each([null, 'no JSON', '{"job": ["kl"]}', '[["job", "kl"]]', '[[1, ["kl"]], null]'])(
    'are none where what is kept is no list of ours: %s',
    (text) => {
      expect(new Pins(shelf(text)).of('job')).toEqual([]);
    },
  );

  it('are none, and harm nothing, where the browser keeps nothing', () => {
    const refuses: Shelf = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
    };
    for (const pins of [new Pins(null), new Pins(refuses)]) {
      pins.keep('job', ['kl']);
      expect(pins.of('job')).toEqual([]);
    }
  });
});
