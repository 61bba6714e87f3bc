import { describe, expect, it } from 'vitest';
import { bestLead, foldersOf, groupsOf, keyOf, rowsOf } from '../../../src/model/list/task_groups';
import { find } from '../../../src/model/list/task_list';
import { inOrderOf, orderFrom } from '../../../src/model/list/task_order';
import { summary } from '../../examples';

const named = (...ids: string[]) => ids.map((id) => summary({ id, name: id }));

describe('The folder of a task', () => {
  const tasks = named('sweep/lr1/logs/v0', 'sweep/lr2/logs/v0', 'other/a', 'alone');
  const folders = foldersOf(tasks);

  it('is the deepest that it shares with another', () => {
    expect(tasks.map(folders.of)).toEqual(['sweep', 'sweep', '', '']);
  });

  it('is asked for anew only where there are other tasks', () => {
    expect(folders.isOf(tasks.map((task) => ({ ...task, step: 1 })))).toBe(true);
    expect(folders.isOf(tasks.slice(1))).toBe(false);
    expect(folders.isOf([...tasks.slice(1), ...named('new')])).toBe(false);
  });

  it('groups the tasks in the order in which they come', () => {
    const groups = groupsOf(inOrderOf(tasks, orderFrom('name')), folders);
    expect(groups.map(({ folder, tasks: all }) => [folder, all.length])).toEqual([
      ['', 2],
      ['sweep', 2],
    ]);
  });

  it('has a head, and is folded', () => {
    const rows = rowsOf(tasks, folders, ['sweep']);
    expect(rows.map(keyOf)).toEqual(['sweep/', '/', 'other/a', 'alone']);
    expect(rowsOf(tasks, null, ['sweep'])).toBe(tasks);
  });
});

describe('The best of a group', () => {
  it('is by what leads, in its better direction', () => {
    const leading = (metric: string, value: number | string, better: 'higher' | 'lower' = 'lower') =>
      summary({ lead_metric: metric, lead_label: metric, lead_better: better, lead_value: value });
    const reward = (value: number) => leading('reward', value, 'higher');
    expect(bestLead([reward(3), reward(9), leading('loss', 1)])).toEqual({ label: 'reward', value: 9 });
    expect(bestLead([leading('loss', 2), leading('loss', 1), leading('loss', 'NaN')])).toEqual({
      label: 'loss',
      value: 1,
    });
  });

  it('is none where nobody knows which way is the better one', () => {
    expect(
      bestLead([summary({ lead_metric: 'episode_length', lead_label: 'episode length', lead_value: 3 })]),
    ).toBeNull();
    expect(bestLead([summary()])).toBeNull();
  });
});

describe('Twenty thousand tasks', () => {
  const many = Array.from({ length: 20_000 }, (_, at) =>
    summary({
      id: `team/sweep_${at % 400}/run_${at}`,
      name: `team/sweep_${at % 400}/run_${at}`,
      step: (at * 7919) % 1000,
    }),
  );

  it('are searched and grouped anew at each keystroke', () => {
    const folders = foldersOf(many);
    const ordered = inOrderOf(many, orderFrom('name'));
    const found = (text: string) => find(ordered, { find: text, statuses: [], alarmed: false }, new Set());
    found('run');
    const texts = ['sweep', 'sweep_1', 'sweep_12', 'run_9'];
    const times = [...texts, ...texts, ...texts].map((text) => {
      const began = performance.now();
      rowsOf(found(text).tasks, folders, []);
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});
