import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  clicked,
  inOrderOf,
  NEWEST_FIRST,
  orderFrom,
  orderText,
  spellNames,
} from '../../../src/model/list/task_order';
import { summary } from '../../examples';

const tasks = [
  summary({ id: 'run10', name: 'run10', step: 5, status: 'stopped', lead_value: 2, last_event_at: 30 }),
  summary({ id: 'run9', name: 'run9', step: null, status: 'running', lead_value: 'NaN', last_event_at: 20 }),
  summary({ id: 'Run1', name: 'Run1', step: 7, status: 'failed', lead_value: 1, last_event_at: null }),
];
const by = (text: string) => inOrderOf(tasks, orderFrom(text)).map(({ id }) => id);

describe('The list', () => {
  it('is as the server sends it until a column is chosen', () => {
    expect(inOrderOf(tasks, NEWEST_FIRST)).toBe(tasks);
    expect(orderFrom('nonsense')).toEqual(NEWEST_FIRST);
  });

  it('is sorted by a column either way, and what has nothing in it is last both times', () => {
    expect(by('step')).toEqual(['Run1', 'run10', 'run9']);
    expect(by('-step')).toEqual(['run10', 'Run1', 'run9']);
    expect(by('lead')).toEqual(['Run1', 'run10', 'run9']);
    expect(by('-activity')).toEqual(['run9', 'run10', 'Run1']);
    expect(by('status')).toEqual(['run9', 'Run1', 'run10']);
  });

  it('has the best of what leads first, and no reward among the losses', () => {
    const leading = (id: string, metric: string, value: number | string, better: 'higher' | 'lower') =>
      summary({ id, lead_metric: metric, lead_value: value, lead_better: better });
    const some = [
      leading('low', 'reward', -3, 'higher'),
      leading('two', 'loss', 2, 'lower'),
      leading('broken', 'loss', 'NaN', 'lower'),
      leading('high', 'reward', 9, 'higher'),
      leading('middle', 'reward', 0, 'higher'),
      leading('one', 'loss', 1, 'lower'),
    ];
    const sorted = (text: string) => inOrderOf(some, orderFrom(text)).map(({ id }) => id);
    expect(sorted('lead')).toEqual(['high', 'middle', 'low', 'one', 'two', 'broken']);
    expect(sorted('-lead')).toEqual(['low', 'middle', 'high', 'two', 'one', 'broken']);
  });

  it('has run 9 before run 10, whatever their letters', () => {
    expect(by('name')).toEqual(['Run1', 'run9', 'run10']);
    expect(by('-name')).toEqual(['run10', 'run9', 'Run1']);
  });

  it('has those first that a rule says the worst of', () => {
    const some = ['unknown', 'well', 'two', 'worst'].map((id) => summary({ id }));
    const insights = {
      well: { error: 0, warning: 0, info: 3 },
      two: { error: 0, warning: 2, info: 0 },
      worst: { error: 1, warning: 0, info: 0 },
    };
    const sorted = inOrderOf(some, orderFrom('insights'), insights);
    expect(sorted.map(({ id }) => id)).toEqual(['worst', 'two', 'unknown', 'well']);
  });

  it('keeps its order in the URL', () => {
    for (const text of ['name', '-name', 'activity']) expect(orderText(orderFrom(text))).toBe(text);
  });

  it('turns round with a second click', () => {
    const once = clicked(NEWEST_FIRST, 'step');
    expect(once).toEqual({ column: 'step', isReversed: false });
    expect(clicked(once, 'step')).toEqual({ column: 'step', isReversed: true });
    expect(clicked(clicked(once, 'step'), 'step')).toEqual(once);
  });
});

describe('Thousands of names', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Counts how often anybody reads the names. */
  function counted(many: number) {
    const read = { times: 0 };
    const tasks = Array.from({ length: many }, (_, at) =>
      Object.defineProperty(summary({ id: `${at}` }), 'name', {
        get: () => {
          read.times += 1;
          return `run ${many - at}`;
        },
      }),
    );
    return { tasks, read };
  }

  it('are spelled out in the background, so that the first sort by name finds that done', () => {
    const { tasks, read } = counted(2500);
    const then = vi.fn();
    spellNames(tasks, then);
    vi.advanceTimersByTime(20);
    expect([read.times, then.mock.calls.length]).toEqual([2000, 0]);
    vi.advanceTimersByTime(80);
    expect([read.times, then.mock.calls.length, vi.getTimerCount()]).toEqual([2500, 1, 0]);
    const sorted = inOrderOf(tasks, { column: 'name', isReversed: false });
    expect([sorted[0]?.id, sorted.at(-1)?.id, read.times]).toEqual(['2499', '0', 2500]);
  });

  it('are left alone once another list is there', () => {
    const { tasks, read } = counted(2500);
    const then = vi.fn();
    spellNames(tasks, then)();
    vi.advanceTimersByTime(100);
    expect([read.times, then.mock.calls.length]).toEqual([0, 0]);
  });
});
