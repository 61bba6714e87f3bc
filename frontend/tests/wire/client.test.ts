import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/wire/client';
import { type Fetch, urlOf } from '../../src/wire/http';
import { goldenMessages } from '../golden';

const never = new AbortController().signal;

function serving(body: unknown, status = 200): Fetch {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return async () => new Response(text, { status });
}

describe('A URL', () => {
  it('is relative, for only the frame knows where a proxy has put TensorBoard', () => {
    expect(urlOf('tasks', {})).toBe('tasks');
  });

  it('repeats a parameter for each of its values and leaves out what is not set', () => {
    const url = urlOf('series', {
      task: 'a/b c',
      metric: ['loss', 'train/x'],
      total_steps: null,
      x_min: undefined,
    });
    expect(url).toBe('series?task=a%2Fb+c&metric=loss&metric=train%2Fx');
  });
});

describe('The client', () => {
  it('answers with the message', async () => {
    const [example] = goldenMessages('tasks');
    const answer = await createClient(serving(example?.message)).tasks('', never);
    expect(answer.ok).toBe(true);
  });

  it("hands on the server's own sentence when it refuses", async () => {
    const body = { error: { code: 'bad_parameter', message: "Parameter 'ma' is 0; allowed is 1 to 1000." } };
    const answer = await createClient(serving(body, 400)).tasks('', never);
    expect(answer).toEqual({
      ok: false,
      failure: {
        kind: 'refused',
        status: 400,
        code: 'bad_parameter',
        sentence: "Parameter 'ma' is 0; allowed is 1 to 1000.",
      },
    });
  });

  it("tells the status where a proxy's error page is no JSON", async () => {
    const answer = await createClient(serving('<html>Bad gateway</html>', 502)).tasks('', never);
    expect(answer).toMatchObject({ failure: { kind: 'refused', status: 502, code: 'unexplained' } });
  });

  it('does not take what is no answer of its server', async () => {
    const answer = await createClient(serving({ welcome: 'to the proxy' })).tasks('', never);
    expect(answer).toMatchObject({
      failure: { kind: 'malformed', sentence: expect.stringContaining('no answer of TrainMon') },
    });
  });

  it('calls a server that does not answer unreachable', async () => {
    const answer = await createClient(() => Promise.reject(new TypeError('Failed to fetch'))).tasks(
      '',
      never,
    );
    expect(answer).toMatchObject({
      failure: { kind: 'unreachable', sentence: 'TensorBoard does not answer (Failed to fetch).' },
    });
  });
});
