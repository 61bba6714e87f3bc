import { describe, expect, it } from 'vitest';
import { finishText, reasonText, whyNoEta } from '../../../src/views/glance/status_words';

/** 14:00:00 on some day, wherever the test runs. */
const NOON = new Date(2026, 10, 23, 14, 0, 0).getTime() / 1000;
const HOUR = 3600;

describe('The evidence for a status', () => {
  const running = {
    status: 'running' as const,
    status_reason: 'Points arrive, usually every 9 s; after 3 min of silence it counts as stopped.',
    last_event_at: NOON - 14,
    usual_gap_s: 9,
  };

  it('says how old the last point is, by the second', () => {
    expect(reasonText(running, NOON)).toMatch(/^Last point 14 s ago, usual gap 9 s\. Points arrive/);
    expect(reasonText(running, NOON + 3)).toMatch(/^Last point 17 s ago/);
  });

  it('lets a silence grow that the server has named', () => {
    const reason = 'No event for 3 min; no end marker.';
    const stopped = { ...running, status: 'stopped' as const, status_reason: reason };
    expect(reasonText(stopped, NOON + 2 * HOUR)).toBe('No event for 2 h 00 min; no end marker.');
    const byFile =
      "No event for 2 h 5 min (by the file's modification: the writer's clock is 18 h behind it).";
    expect(reasonText({ ...stopped, status_reason: byFile }, NOON + 20 * HOUR)).toBe(byFile);
  });

  it('is the server’s word for word where there is no time in it', () => {
    const failed = { ...running, status: 'failed' as const, status_reason: 'error.txt says: OOM' };
    expect(reasonText(failed, NOON)).toBe('error.txt says: OOM');
    expect(reasonText({ ...running, last_event_at: null }, NOON)).toBe(running.status_reason);
  });
});

describe('The finishing time', () => {
  const eta = (low_s: number, high_s: number) => ({ low_s, high_s, finish_at: 0 });

  it('is a range, with the time on the clock', () => {
    expect(finishText(eta(480, 660), NOON, NOON)).toEqual([
      '8 to 11 min left',
      'done between 14:08 and 14:11',
    ]);
  });

  it('comes closer while the server says nothing', () => {
    expect(finishText(eta(480, 660), NOON, NOON + 300)[0]).toBe('3 to 6 min left');
    expect(finishText(eta(480, 660), NOON, NOON + 600)).toEqual(['up to 1 min left', 'done by 14:11']);
    expect(finishText(eta(480, 660), NOON, NOON + 700)[0]).toBe('any moment');
  });

  it('is one time where both ends are the same', () => {
    expect(finishText(eta(301, 302), NOON, NOON)[1]).toBe('done at about 14:05');
  });

  it('says the day where it is another, and once', () => {
    expect(finishText(eta(20 * HOUR, 22 * HOUR), NOON, NOON)[1]).toBe('done between Nov 24, 10:00 and 12:00');
    expect(finishText(eta(8 * HOUR, 20 * HOUR), NOON, NOON)[1]).toBe('done between 22:00 and Nov 24, 10:00');
  });

  it('that there is not is explained', () => {
    expect(whyNoEta({ status: 'running', total_steps: null })).toContain('total is unknown');
    expect(whyNoEta({ status: 'running', total_steps: 5 })).toContain('a few more');
    expect(whyNoEta({ status: 'completed', total_steps: 5 })).toBe('');
  });
});
