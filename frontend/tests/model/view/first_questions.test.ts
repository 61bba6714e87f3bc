import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readHash } from '../../../src/base/hash';
import { Alerts } from '../../../src/model/away/alerts';
import { Pins } from '../../../src/model/metrics/pins';
import { Monitor } from '../../../src/model/monitor';
import { firstQuestions } from '../../../src/model/view/first_questions';
import { type Page, View } from '../../../src/model/view/view';
import { createClient } from '../../../src/wire/client';
import { FakeFeed } from '../fake_client';

const PINNED = new Pins({ getItem: () => '[["pinned",["loss"]]]', setItem: () => {} });

/** What the model asks of a page with this hash before it has one answer. */
function askedAtOnce(hash: string): readonly string[] {
  const asked: string[] = [];
  const client = createClient((url) => {
    asked.push(url);
    return new Promise(() => {});
  });
  const location = { pathname: '/', search: '', hash } as Location;
  const history = { state: null, replaceState: () => {} } as unknown as History;
  const page: Page = { location, history, addEventListener: () => {} };
  const alerts = new Alerts(null, () => {});
  const view = new View(page, new AbortController().signal);
  const monitor = new Monitor(client, new FakeFeed(), view, () => 1000, alerts, PINNED);
  monitor.show(true);
  monitor.show(false);
  return asked;
}

describe('What is asked before the code is there', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each([
    '',
    '#trainmon',
    '#trainmon&p.trainmon.task=',
    '#trainmon&p.trainmon.task=run',
    '#trainmon&p.trainmon.task=a%2Fb%20c%26d%3De%2Bf',
    '#trainmon&p.trainmon.task=run&p.trainmon.ema=0.25&p.trainmon.ma=3&p.trainmon.view=all',
    '#trainmon&p.trainmon.task=run&p.trainmon.ema=7&p.trainmon.ma=1.5&p.trainmon.view=none',
    '#trainmon&p.trainmon.task=run&p.trainmon.total=5000',
    '#trainmon&p.trainmon.task=run&p.trainmon.folded=loss',
    '#trainmon&p.trainmon.task=run&p.trainmon.pin=loss,a%252Fb',
    '#trainmon&p.trainmon.task=pinned',
  ])('is what the model asks at once: %s', (hash) => {
    const questions = firstQuestions(readHash(hash), PINNED);
    expect([...questions].sort()).toEqual([...askedAtOnce(hash)].sort());
    expect(questions.length).toBeGreaterThan(0);
  });
});
