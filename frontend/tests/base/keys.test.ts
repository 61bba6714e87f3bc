import { describe, expect, it, vi } from 'vitest';
import { Keys } from '../../src/base/keys';

/** Stands in for the browser's: `matches` what it says it is. */
class FakeElement {
  constructor(private readonly selector: string) {}
  matches = (selector: string) => selector.includes(this.selector);
  closest = (selector: string) => (selector.includes(this.selector) ? this : null);
}

function press(keys: Keys, key: string, how: object = {}): boolean {
  const preventDefault = vi.fn();
  const done = keys.handle({ key, target: null, preventDefault, ...how } as unknown as KeyboardEvent);
  expect(preventDefault).toHaveBeenCalledTimes(Number(done));
  return done;
}

describe('A key', () => {
  const bound = () => {
    const keys = new Keys();
    const action = vi.fn();
    const release = keys.bind({ key: 'h', words: 'Whole history', area: 'Charts', action });
    return { keys, action, release };
  };

  it('does what it is bound to, and only while it is', () => {
    const { keys, action, release } = bound();
    expect(press(keys, 'h')).toBe(true);
    release();
    expect(press(keys, 'h')).toBe(false);
    expect(action).toHaveBeenCalledOnce();
  });

  it('is the browser’s with Ctrl, Alt or Meta', () => {
    const { keys, action } = bound();
    for (const modifier of ['ctrlKey', 'altKey', 'metaKey']) press(keys, 'h', { [modifier]: true });
    expect(action).not.toHaveBeenCalled();
  });

  it('is text while somebody types, and nothing behind a dialog', () => {
    const { keys, action } = bound();
    for (const field of ['textarea', 'select', 'dialog', 'input:not'])
      press(keys, 'h', { target: new FakeElement(field) });
    expect(action).not.toHaveBeenCalled();
  });

  it('belongs to the latter of two, and to the first again afterwards', () => {
    const { keys, action } = bound();
    const other = vi.fn();
    const release = keys.bind({ key: 'h', words: 'Other', area: 'Log', action: other });
    press(keys, 'h');
    release();
    press(keys, 'h');
    expect([action, other].map((mock) => mock.mock.calls.length)).toEqual([1, 1]);
  });

  it('is left to the browser where it has nothing to do', () => {
    const keys = new Keys();
    keys.bind({ key: 'Escape', words: 'Reset the zoom', area: 'Charts', action: () => false });
    expect(press(keys, 'Escape')).toBe(false);
  });

  it('that somebody has taken already is left alone', () => {
    const { keys, action } = bound();
    press(keys, 'h', { defaultPrevented: true });
    expect(action).not.toHaveBeenCalled();
  });
});
