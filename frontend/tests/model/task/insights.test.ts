import { describe, expect, it } from 'vitest';
import {
  alarms,
  countsOf,
  countText,
  stretchAround,
  toldInsights,
  unfoldedFor,
} from '../../../src/model/task/insights';
import { attempt, insight, metric, task } from '../../examples';

const found = [
  insight('note', { severity: 'info' }),
  insight('over', { severity: 'error', open: false }),
  insight('mild', { severity: 'warning' }),
  insight('worst', { severity: 'error' }),
];
const ids = (insights: readonly { id: string }[]) => insights.map(({ id }) => id);

describe('Insights', () => {
  it('are told the worst first, and what is over last', () => {
    expect(ids(toldInsights(task({ insights: found }), []))).toEqual(['worst', 'mild', 'note', 'over']);
  });

  it('that are muted are not told', () => {
    expect(ids(toldInsights(task({ insights: found }), ['worst', 'gone']))).toEqual(['mild', 'note', 'over']);
  });

  it('of a server that looks for none are none', () => {
    expect(toldInsights(task(), [])).toEqual([]);
  });

  it('are counted in words, as far as they still hold', () => {
    expect(countText(countsOf(found))).toBe('1 error, 1 warning, 1 note');
    expect(countText(countsOf([...found, insight('more')]))).toBe('1 error, 2 warnings, 1 note');
    expect(countText({})).toBe('');
  });

  it('call for somebody where they hold and are more than a note', () => {
    expect(ids(alarms(found))).toEqual(['mild', 'worst']);
  });
});

describe('The stretch around an insight', () => {
  const attempts = [attempt(1, { x_start: 0, x_end: 1000 })];

  it('has something before and behind it', () => {
    expect(stretchAround(insight('a', { x_start: 400, x_end: 600 }), attempts)).toEqual({
      min: 350,
      max: 650,
    });
  });

  it('of a single point has a length', () => {
    expect(stretchAround(insight('a', { x_start: 400, x_end: 400 }), attempts)).toEqual({
      min: 390,
      max: 410,
    });
  });

  it('stays within the task', () => {
    expect(stretchAround(insight('a', { x_start: 0, x_end: 1000 }), attempts)).toEqual({ min: 0, max: 1000 });
  });
});

describe('What is unfolded for an insight', () => {
  const all = task({ metrics: ['loss', 'grad_norm', 'aux/z'].map((name) => metric(name)) });
  const view = { open: ['a'], pinned: [] };

  it('is nothing where its chart is on top', () => {
    expect(unfoldedFor('loss', all, view)).toEqual(['a']);
    expect(unfoldedFor(null, all, view)).toEqual(['a']);
  });

  it('is the fold group for one of its charts, and the chart too for any other scalar', () => {
    expect(unfoldedFor('grad_norm', all, view)).toEqual(['a', 'other']);
    expect(unfoldedFor('aux/z', all, view)).toEqual(['a', 'other', 'aux/z']);
  });
});
