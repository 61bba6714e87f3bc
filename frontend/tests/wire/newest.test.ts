import { describe, expect, it } from 'vitest';
import { Newest } from '../../src/wire/newest';

describe('Of several questions', () => {
  it('only the newest is answered, even when the older answer comes later', async () => {
    const newest = new Newest();
    const answers: ((text: string) => void)[] = [];
    const ask = () => newest.ask(() => new Promise<string>((resolve) => answers.push(resolve)));
    const [first, second] = [ask(), ask()];
    answers[1]?.('new');
    answers[0]?.('old');
    expect(await Promise.all([first, second])).toEqual([null, 'new']);
  });

  it('the older one is told to stop', () => {
    const newest = new Newest();
    const signals: AbortSignal[] = [];
    const ask = () => void newest.ask((signal) => new Promise(() => signals.push(signal)));
    ask();
    ask();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  });

  it('none is answered after a drop', async () => {
    const newest = new Newest();
    const answer = newest.ask(async () => 'late');
    newest.drop();
    expect(await answer).toBeNull();
  });
});
