import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Absence } from '../../../src/model/away/absence';
import { meanwhileText, type Standing, standingOf } from '../../../src/model/away/meanwhile';
import { attempt, metric, task } from '../../examples';

function standing(changes: Partial<Standing> = {}): Standing {
  return {
    id: 'job',
    at: 0,
    status: 'running',
    attempts: 1,
    step: 100,
    loss: 2.31,
    evaluations: 2,
    ...changes,
  };
}

describe('What happened meanwhile', () => {
  it('is steps, the loss and evaluations', () => {
    const now = standing({ step: 1340, loss: 2.18, evaluations: 3 });
    expect(meanwhileText(standing(), now)).toBe('+1,240 steps, loss 2.31 to 2.18, 1 evaluation');
  });

  it('is a new attempt rather than steps, and how the task stands now', () => {
    const now = standing({ attempts: 2, step: 20, status: 'failed' });
    expect(meanwhileText(standing(), now)).toBe('attempt 2 began, now failed');
  });

  it('is nothing where nothing happened, or where another task is open', () => {
    expect(meanwhileText(standing(), standing({ at: 99 }))).toBe('');
    expect(meanwhileText(standing(), standing({ id: 'other', step: 500 }))).toBe('');
  });

  it('is read from the task as it stands', () => {
    const now = task({ metrics: [metric('loss', { last_value: 1.5 })], attempts: [attempt(1, {})], step: 7 });
    expect(standingOf(now, 4, 9)).toMatchObject({ step: 7, loss: 1.5, evaluations: 4, attempts: 1, at: 9 });
  });
});

describe('An absence', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  let now: Standing;
  let absence: Absence;
  beforeEach(() => {
    now = standing();
    absence = new Absence(() => now);
    absence.show(true);
  });

  it('ends with a word on what happened, once the news are here, and not for ever', () => {
    absence.show(false);
    now = standing({ at: 600 });
    absence.show(true);
    now = standing({ at: 601, step: 150 });
    vi.advanceTimersByTime(1000);
    expect(absence.meanwhile.value).toEqual({ seconds: 601, text: '+50 steps' });
    vi.advanceTimersByTime(40_000);
    expect(absence.meanwhile.value).toBeNull();
  });

  it('waits for news that take longer', () => {
    absence.show(false);
    absence.show(true);
    vi.advanceTimersByTime(1000);
    now = standing({ at: 60, evaluations: 3 });
    vi.advanceTimersByTime(3000);
    expect(absence.meanwhile.value?.text).toBe('1 evaluation');
  });

  it('that was short, or in which nothing happened, ends without a word', () => {
    absence.show(false);
    now = standing({ at: 2, step: 150 });
    absence.show(true);
    vi.advanceTimersByTime(5000);
    absence.show(false);
    now = standing({ at: 900, step: 150 });
    absence.show(true);
    vi.advanceTimersByTime(5000);
    expect(absence.meanwhile.value).toBeNull();
  });
});
