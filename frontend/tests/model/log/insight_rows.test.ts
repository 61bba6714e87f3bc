import { describe, expect, it } from 'vitest';
import { insightKey, insightsAt } from '../../../src/model/log/insight_rows';
import type { Insight, LogRow } from '../../../src/wire/messages';

function row(number: number, changes: Partial<LogRow> = {}): LogRow {
  return {
    id: `${number}`,
    type: 'step',
    attempt: 1,
    step: number * 10,
    wall_time: null,
    message: '',
    metrics: {},
    derived: true,
    x: number * 10,
    ...changes,
  };
}

/** Rows 0 to 99, one every ten steps. */
const log = { rows: new Map(Array.from({ length: 100 }, (_, at) => [at, row(at)])), total: 100 };
const spike = {
  id: 'spike-1-301',
  title: 'The loss jumped',
  severity: 'warning',
  attempt: 1,
  x_start: 301,
  x_end: 330,
} as Insight;

describe('The row at which an insight begins', () => {
  it('is the first that lies at its begin or behind it', () => {
    expect([...insightsAt(log, [spike], 0, 100)]).toEqual([[31, [spike]]]);
    expect([...insightsAt(log, [{ ...spike, x_start: 310 }], 0, 100)]).toEqual([[31, expect.any(Array)]]);
  });

  it('is told where it is in sight, and nowhere else', () => {
    // Counted from the newest on, row 31 has the index 68.
    expect(insightsAt(log, [spike], 68, 69).size).toBe(1);
    expect(insightsAt(log, [spike], 0, 68).size).toBe(0);
    expect(insightsAt(log, [spike], 69, 100).size).toBe(0);
  });

  it('is one of its own attempt', () => {
    const rows = new Map(log.rows);
    for (let at = 50; at < 100; at += 1) rows.set(at, row(at, { attempt: 2 }));
    const second = { ...spike, attempt: 2, x_start: 0 };
    expect([...insightsAt({ rows, total: 100 }, [second], 0, 100).keys()]).toEqual([50]);
  });

  it('may be the first of all, and may have several', () => {
    const early = { ...spike, id: 'other', x_start: 0 };
    expect([...insightsAt(log, [early, { ...early, id: 'third' }], 0, 100)]).toEqual([
      [0, [early, expect.objectContaining({ id: 'third' })]],
    ]);
  });

  it('is not guessed where the row before it is not here', () => {
    const rows = new Map(log.rows);
    rows.delete(30);
    expect(insightsAt({ rows, total: 100 }, [spike], 0, 69).size).toBe(0);
  });
});

describe('Marks are made anew', () => {
  it('for another insight, and not for a stretch that grows', () => {
    expect(insightKey([{ ...spike, x_end: 900 }])).toBe(insightKey([spike]));
    expect(insightKey([{ ...spike, title: 'The loss jumped again' }])).not.toBe(insightKey([spike]));
  });
});
