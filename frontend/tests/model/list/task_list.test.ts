import { describe, expect, it } from 'vitest';
import { find, inOrder, merged, neighbour } from '../../../src/model/list/task_list';
import { summary, taskList } from '../../examples';

const tasks = [
  summary({ id: 'runs/bert', name: 'bert base', status: 'running' }),
  summary({ id: 'runs/gpt', name: 'gpt', status: 'failed' }),
  summary({ id: 'old/bert', name: 'BERT large', status: 'completed' }),
];
const ids = (found: readonly { id: string }[]) => found.map((task) => task.id);

describe('A search among tasks', () => {
  it('finds those that have every word in their name, id or status, however it is spelled', () => {
    expect(ids(find(tasks, 'bert RUNS').tasks)).toEqual(['runs/bert']);
    expect(ids(find(tasks, 'Bert').tasks)).toEqual(['runs/bert', 'old/bert']);
    expect(ids(find(tasks, 'fail').tasks)).toEqual(['runs/gpt']);
    expect(ids(find(tasks, '  ').tasks)).toEqual(ids(tasks));
  });

  it('finds no word across the end of the name', () => {
    expect(find([summary({ name: 'a', id: 'b' })], 'ab').tasks).toEqual([]);
  });

  it('is narrowed by statuses, any of those chosen', () => {
    expect(ids(find(tasks, '', ['failed', 'completed']).tasks)).toEqual(['runs/gpt', 'old/bert']);
    expect(ids(find(tasks, 'bert', ['failed']).tasks)).toEqual([]);
  });

  it('counts each status among what the words leave, whichever are chosen', () => {
    const { counts } = find(tasks, 'bert', ['failed']);
    expect(counts).toEqual({ running: 1, pending: 0, completed: 1, failed: 0, stopped: 0 });
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
    expect([list.progress, ids(list.tasks)]).toEqual([progress, ['b', 'a']]);
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
