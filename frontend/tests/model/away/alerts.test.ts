import { describe, expect, it, vi } from 'vitest';
import { Alerts, alertBetween, type Glance, glanceAt } from '../../../src/model/away/alerts';
import { insight, metric, summary, task } from '../../examples';

const running: Glance = glanceAt(summary({ id: 'bert', name: 'bert' }));
const ended = (status: 'completed' | 'failed' | 'stopped') =>
  glanceAt(summary({ id: 'bert', name: 'bert', status, mode: 'history', status_reason: 'Why.' }));
const broken = glanceAt(summary({ id: 'bert', name: 'bert', loss: 'NaN' }));

describe('What happens to a task', () => {
  it.each([
    ['completed', '✓', 'bert is finished'],
    ['failed', '✗', 'bert has failed'],
    ['stopped', '■', 'bert has stopped'],
  ] as const)('calls for the reader when it is %s, with the reason', (status, mark, title) => {
    expect(alertBetween(running, ended(status))).toEqual({ id: 'bert', mark, title, text: 'Why.' });
  });

  it('calls for the reader when the loss is no number any more, in the list and in the task alike', () => {
    expect(alertBetween(running, broken)).toMatchObject({ mark: 'NaN' });
    const opened = task({ metrics: [metric('loss', { last_value: null, last_non_finite: 'inf' })] });
    expect(alertBetween(running, glanceAt(opened))).toMatchObject({ mark: 'NaN' });
  });

  it('is the end where both happen at once', () => {
    expect(alertBetween(running, { ...ended('failed'), isFinite: false })).toMatchObject({ mark: '✗' });
  });

  it('calls for the reader when a rule finds something worth a warning, once', () => {
    const quiet = glanceAt(task({ insights: [insight('note', { severity: 'info' })] }));
    const alarmed = glanceAt(task({ insights: [insight('flat')] }));
    expect(alertBetween(quiet, alarmed)).toMatchObject({ mark: '!', text: 'The loss is flat' });
    expect(alertBetween(alarmed, alarmed)).toBeNull();
    expect(alertBetween(glanceAt(summary()), alarmed)).toBeNull();
    expect(alertBetween(quiet, glanceAt(task({ insights: [insight('flat')] }), ['flat']))).toBeNull();
  });

  it('is nothing while it goes on, goes on again, or has ended before', () => {
    for (const [before, now] of [
      [running, running],
      [broken, running],
      [broken, broken],
      [ended('stopped'), running],
      [ended('stopped'), ended('failed')],
      [ended('stopped'), { ...ended('stopped'), isFinite: false }],
      [
        { ...ended('stopped'), alarms: {} },
        { ...ended('stopped'), alarms: { flat: 'Flat' } },
      ],
    ] as const)
      expect(alertBetween(before, now)).toBeNull();
  });
});

describe('The alerts', () => {
  it('wait to be seen, unless the reader sees it happen', () => {
    const alerts = new Alerts(null, () => {});
    alerts.look([running], false);
    alerts.look([ended('failed')], false);
    expect(alerts.unseen.value?.mark).toBe('✗');
    alerts.seen();
    alerts.look([running], true);
    alerts.look([ended('failed')], true);
    expect(alerts.unseen.value).toBeNull();
  });

  it('are told outside the page only for tasks that the reader chose', () => {
    const tell = vi.fn();
    const alerts = new Alerts(null, tell);
    alerts.look([running], false);
    alerts.look([ended('completed')], false);
    expect(tell).not.toHaveBeenCalled();
    alerts.watch('bert', true);
    alerts.look([running], true);
    alerts.look([ended('completed')], true);
    expect(tell).toHaveBeenCalledOnce();
  });

  it('say nothing of how a task stood when the page was opened', () => {
    const alerts = new Alerts(null, () => {});
    alerts.look([ended('failed')], false);
    expect(alerts.unseen.value).toBeNull();
  });

  it('tell a warning once, also where the list came in between, which knows of none', () => {
    const tell = vi.fn();
    const alerts = new Alerts(null, tell);
    alerts.watch('bert', true);
    for (const found of [
      {},
      { flat: 'Flat' },
      null,
      { flat: 'Flat' },
      null,
      { flat: 'Flat', spike: 'Spike' },
    ])
      alerts.look([{ ...running, alarms: found }], true);
    expect(tell.mock.calls.map(([alert]) => alert.text)).toEqual(['Flat', 'Spike']);
  });

  it('are of the hundred tasks that were chosen last', () => {
    const alerts = new Alerts(null, () => {});
    for (let n = 0; n <= 100; n += 1) alerts.watch(`task ${n}`, true);
    expect([alerts.isWatched('task 0'), alerts.isWatched('task 1'), alerts.isWatched('task 100')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('outlive the page', () => {
    const kept = new Map<string, string>();
    const shelf = { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) };
    new Alerts(shelf, () => {}).watch('bert', true);
    expect(new Alerts(shelf, () => {}).isWatched('bert')).toBe(true);
    new Alerts(shelf, () => {}).watch('bert', false);
    expect(new Alerts(shelf, () => {}).isWatched('bert')).toBe(false);
  });

  it('do without a shelf that refuses, or holds nonsense', () => {
    const refuses = () => {
      throw new Error('no');
    };
    const alerts = new Alerts({ getItem: () => '{', setItem: refuses }, () => {});
    alerts.watch('bert', true);
    expect(alerts.isWatched('bert')).toBe(true);
    expect(new Alerts({ getItem: () => '{"a": 1}', setItem: refuses }, () => {}).watched.value).toEqual([]);
  });
});
