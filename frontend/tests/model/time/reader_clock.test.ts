import { describe, expect, it } from 'vitest';
import { lastSign } from '../../../src/model/time/reader_clock';
import { attempt, task } from '../../examples';

describe('What came last', () => {
  it('is a point, where the last event came with one', () => {
    const attempts = [attempt(1, { last_at: 900 }), attempt(2, { last_at: 1_000 })];
    expect(lastSign(task({ attempts, last_event_at: 1_002 }))).toBe('point');
  });

  it('is an event, where a launch that never trained came a day later', () => {
    expect(lastSign(task({ attempts: [attempt(1, { last_at: 1_000 })], last_event_at: 90_000 }))).toBe(
      'event',
    );
  });

  it('is an event, where there are no points', () => {
    expect(lastSign(task({ attempts: [], last_event_at: 1_000 }))).toBe('event');
  });
});
