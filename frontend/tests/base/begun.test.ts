import { describe, expect, it } from 'vitest';
import { begin, takingFrom } from '../../src/base/begun';

const now = new AbortController().signal;

describe('An answer that was asked for before', () => {
  it('is taken by whoever asks the same, and asked for no second time', async () => {
    const asked: string[] = [];
    const ask = (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(url));
    };
    const fetch = takingFrom(begin(ask, ['tasks']), ask);

    expect(await (await fetch('tasks', { signal: now })).text()).toBe('tasks');
    expect(asked).toEqual(['tasks']);
  });

  it('is taken once: later something may have changed', async () => {
    let answers = 0;
    const ask = () => Promise.resolve(new Response(String(++answers)));
    const fetch = takingFrom(begin(ask, ['tasks']), ask);

    await fetch('tasks', { signal: now });
    expect(await (await fetch('tasks', { signal: now })).text()).toBe('2');
  });

  it('that nobody takes may fail without a word', async () => {
    const fetch = takingFrom(
      begin(() => Promise.reject(new Error('away')), ['tasks']),
      () => Promise.resolve(new Response('other')),
    );
    expect(await (await fetch('task?task=run', { signal: now })).text()).toBe('other');
  });

  it('fails for whoever takes it', async () => {
    const away = () => Promise.reject(new Error('away'));
    await expect(takingFrom(begin(away, ['tasks']), away)('tasks', { signal: now })).rejects.toThrow('away');
  });
});
