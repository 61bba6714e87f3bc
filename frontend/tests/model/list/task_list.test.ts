import { describe, expect, it } from 'vitest';
import {
  alarmsAmong,
  find,
  inOrder,
  merged,
  neighbour,
  type Sought,
} from '../../../src/model/list/task_list';
import { summary, taskList } from '../../examples';

const tasks = [
  summary({ id: 'runs/bert', name: 'bert base', status: 'running' }),
  summary({ id: 'runs/gpt', name: 'gpt', status: 'failed' }),
  summary({ id: 'old/bert', name: 'BERT large', status: 'completed' }),
];
const ids = (found: readonly { id: string }[]) => found.map((task) => task.id);
const found = (text: string, sought: Partial<Sought> = {}, alarms: readonly string[] = []) =>
  find(tasks, { find: text, statuses: [], alarmed: false, ...sought }, new Set(alarms));

describe('A search among tasks', () => {
  it('finds those that have every word in their name, id or status, however it is spelled', () => {
    expect(ids(found('bert RUNS').tasks)).toEqual(['runs/bert']);
    expect(ids(found('Bert').tasks)).toEqual(['runs/bert', 'old/bert']);
    expect(ids(found('fail').tasks)).toEqual(['runs/gpt']);
    expect(ids(found('  ').tasks)).toEqual(ids(tasks));
  });

  it('finds no word across the end of the name', () => {
    expect(ids(found('basE').tasks)).toEqual(['runs/bert']);
    expect(ids(found('baseruns').tasks)).toEqual([]);
  });

  it('is narrowed by statuses, any of those chosen', () => {
    expect(ids(found('', { statuses: ['failed', 'completed'] }).tasks)).toEqual(['runs/gpt', 'old/bert']);
    expect(ids(found('bert', { statuses: ['failed'] }).tasks)).toEqual([]);
  });

  it('is narrowed to tasks of which a rule says something, of any status or of those chosen', () => {
    const alarms = ['old/bert', 'runs/gpt'];
    expect(ids(found('', { alarmed: true }, alarms).tasks)).toEqual(['runs/gpt', 'old/bert']);
    expect(ids(found('', { alarmed: true, statuses: ['failed'] }, alarms).tasks)).toEqual(['runs/gpt']);
  });

  it('counts each status and the alarms among what the words leave, whatever is chosen', () => {
    const counts = { running: 1, pending: 0, completed: 1, failed: 0, stopped: 0, alarmed: 1 };
    const alarms = ['old/bert', 'runs/gpt'];
    expect(found('bert', {}, alarms).counts).toEqual(counts);
    expect(found('bert', { statuses: ['failed'], alarmed: true }, alarms).counts).toEqual(counts);
  });
});

describe('An alarm', () => {
  it('is an error or a warning, not a remark', () => {
    const none = { error: 0, warning: 0, info: 0 };
    const insights = {
      a: { ...none, error: 1 },
      b: { ...none, warning: 2 },
      c: { ...none, info: 3 },
      d: none,
    };
    expect([...alarmsAmong(insights)]).toEqual(['a', 'b']);
  });
});

describe('What is new of a list', () => {
  const before = taskList(summary({ id: 'b', last_event_at: 20 }), summary({ id: 'a', last_event_at: 10 }));

  it('replaces tasks of the same id, adds others, and puts the newest activity first', () => {
    const news = [summary({ id: 'a', last_event_at: 30 }), summary({ id: 'c', last_event_at: null })];
    const list = merged(before, { ...taskList(...news), whole: false });
    expect(list.tasks.map(({ id, last_event_at }) => [id, last_event_at])).toEqual([
      ['a', 30],
      ['b', 20],
      ['c', null],
    ]);
    expect(list.tasks[1]).toBe(before.tasks[0]);
  });

  it('is nothing where nothing has changed', () => {
    expect(merged(before, { ...taskList(), whole: false })).toBe(before);
  });

  it('may be only how far the list is', () => {
    const progress = { stage: 'judging', done: 2, total: 9 } as const;
    const list = merged(before, { ...taskList(), whole: false, progress });
    expect(list.progress).toBe(progress);
    expect(list.tasks).toBe(before.tasks);
  });

  it('is everything where the server cannot tell', () => {
    const whole = taskList(summary({ id: 'z' }));
    expect(merged(before, whole)).toBe(whole);
  });
});

describe('An order that is held', () => {
  it('keeps every task where it was, with what is new of it', () => {
    const moved = [tasks[2], { ...tasks[0], step: 99 }, tasks[1]] as typeof tasks;
    const { tasks: shown, isStale } = inOrder(moved, ids(tasks));
    expect([ids(shown), shown[0]?.step, isStale]).toEqual([ids(tasks), 99, true]);
  });

  it('is not stale while it is what it would be anyway', () => {
    expect(inOrder(tasks, ids(tasks)).isStale).toBe(false);
    expect(inOrder(tasks, null)).toEqual({ tasks, isStale: false });
  });

  it('has no place for tasks that came since, and none for those that are gone', () => {
    const { tasks: shown, isStale } = inOrder(tasks.slice(1), ['runs/bert', 'old/bert']);
    expect([ids(shown), isStale]).toEqual([['old/bert'], true]);
  });
});

describe('The task beside another', () => {
  it('is the next or the one before, none beyond the ends, and the first where that other is not listed', () => {
    expect(neighbour(tasks, 'runs/gpt', 1)?.id).toBe('old/bert');
    expect(neighbour(tasks, 'runs/gpt', -1)?.id).toBe('runs/bert');
    expect(neighbour(tasks, 'old/bert', 1)).toBeUndefined();
    expect(neighbour(tasks, 'gone', -1)?.id).toBe('runs/bert');
  });
});
