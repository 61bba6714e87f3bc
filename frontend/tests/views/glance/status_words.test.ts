import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aheadText, finishText, reasonText, whyNoEta } from '../../../src/views/glance/status_words';
import type { Task } from '../../../src/wire/messages';
import { attempt, task } from '../../examples';

/** 14:00:00 on some day, wherever the test runs. */
const NOON = new Date(2026, 10, 23, 14, 0, 0).getTime() / 1000;
const HOUR = 3600;

describe('The evidence for a status', () => {
  const running = {
    status: 'running' as const,
    status_reason: 'Points arrive, usually every 9 s; after 3 min of silence it counts as stopped.',
    last_event_at: NOON - 14,
    usual_gap_s: 9,
    attempts: [attempt(1, { last_at: NOON - 14 })],
  };

  it('says how old the last point is, by the second', () => {
    expect(reasonText(running, NOON)).toMatch(/^Last point 14 s ago\. Points arrive, usually every 9 s/);
    const alive = { ...running, status_reason: 'Its heartbeat is fresh.' };
    expect(reasonText(alive, NOON)).toMatch(/^Last point 14 s ago, usual gap 9 s\. Its heartbeat/);
    expect(reasonText(running, NOON + 3)).toMatch(/^Last point 17 s ago/);
  });

  it('calls it an event where it came without a point, as the bar on top does', () => {
    const launched = { ...running, attempts: [attempt(1, { last_at: NOON - HOUR })] };
    expect(reasonText(launched, NOON)).toMatch(/^Last event 14 s ago/);
  });

  it('lets a silence grow that the server has named', () => {
    const reason = 'No event for 3 min; no end marker.';
    const stopped = { ...running, status: 'stopped' as const, status_reason: reason };
    expect(reasonText(stopped, NOON + 2 * HOUR)).toBe('No event for 2 h 00 min; no end marker.');
    const old = { ...stopped, status_reason: 'No event for 1,356 days; no end marker.' };
    expect(reasonText(old, NOON + 1356 * 24 * HOUR)).toBe('No event for 1,356 d; no end marker.');
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

describe('What comes next', () => {
  const ahead = (changes: Partial<Task>, now = NOON) => aheadText(task(changes), NOON, now);

  it('is told with what a crash would cost, and both are counted', () => {
    const told = { next_evaluation_at: NOON + 250, next_checkpoint_at: NOON + 720, at_risk_s: 2280 };
    expect(ahead(told)).toBe(
      'Next evaluation in 4 min 10 s. Next checkpoint in 12 min. A crash now would cost 38 min.',
    );
    expect(ahead(told, NOON + 260)).toBe(
      'Next evaluation now. Next checkpoint in 7 min 40 s. A crash now would cost 42 min.',
    );
  });

  it('is only what is known', () => {
    expect(ahead({})).toBe('');
    expect(ahead({ next_checkpoint_at: NOON + 60 })).toBe('Next checkpoint in 1 min.');
    expect(ahead({ at_risk_s: 30 })).toBe('A crash now would cost 30 s.');
  });
});

describe('A writer whose clock is wrong', () => {
  it('is not believed about when its last point was', () => {
    const at = NOON - 30 * HOUR - 14;
    const attempts = [attempt(1, { last_at: at })];
    const behind = task({ last_event_at: at, clock_off_s: -30 * HOUR, usual_gap_s: 9, attempts });
    const ahead = [attempt(1, { last_at: NOON + HOUR })];
    expect(reasonText(behind, NOON)).toMatch(/^Last point 14 s ago, usual gap 9 s/);
    expect(
      reasonText({ ...behind, last_event_at: NOON + HOUR, clock_off_s: HOUR + 5, attempts: ahead }, NOON),
    ).toMatch(/^Last point 5 s ago/);
  });
});

describe('A laptop that slept', () => {
  it('counts down right at once when it wakes: by the clock, not by the beats that it missed', () => {
    const eta = { low_s: 8 * HOUR, high_s: 9 * HOUR, finish_at: 0 };
    const [heardAt, woken] = [NOON, NOON + 7 * HOUR];
    expect(finishText(eta, heardAt, woken)).toEqual([
      '1 h 00 min to 2 h 00 min left',
      'done between 22:00 and 23:00',
    ]);
    expect(finishText(eta, heardAt, NOON + 12 * HOUR)[0]).toBe('any moment');
  });
});

describe('In Berlin', () => {
  beforeEach(() => vi.stubEnv('TZ', 'Europe/Berlin'));
  afterEach(() => vi.unstubAllEnvs());

  /** 28 March 2027, 00:00; at 02:00 the clock goes to 03:00. */
  const night = Date.UTC(2027, 2, 27, 23) / 1000;

  it('an end behind the change to summer time is told by the clock of that day', () => {
    const eta = { low_s: 5 * HOUR, high_s: 7 * HOUR, finish_at: 0 };
    expect(finishText(eta, night, night)).toEqual([
      '5 h 00 min to 7 h 00 min left',
      'done between 06:00 and 08:00',
    ]);
  });

  it('the day of the change has 23 hours', () => {
    const eta = { low_s: 23 * HOUR, high_s: 26 * HOUR, finish_at: 0 };
    expect(finishText(eta, night, night)[1]).toBe('done between Mar 29, 00:00 and 03:00');
  });

  it('more than a day is told in days and hours', () => {
    const eta = { low_s: 28 * HOUR, high_s: 52 * HOUR, finish_at: 0 };
    expect(finishText(eta, night, night)).toEqual([
      '1 d 4 h to 2 d 4 h left',
      'done between Mar 29, 05:00 and Mar 30, 05:00',
    ]);
  });
});
