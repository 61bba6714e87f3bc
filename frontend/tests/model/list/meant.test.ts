import { describe, expect, it } from 'vitest';
import { meantBy } from '../../../src/model/list/meant';
import { summary } from '../../examples';

const tasks = ['a/PPO_1', 'b/PPO_1', 'b/PPO_2', 'llama/tb'].map((id) => summary({ id, name: id }));
const ids = (wanted: string) => meantBy(wanted, tasks).tasks.map(({ id }) => id);

describe('Who names a task that is not there', () => {
  it('may mean any of those that are called so', () => {
    expect(meantBy('PPO_1', tasks)).toMatchObject({ isCalled: true, count: 2 });
    expect(ids('PPO_1')).toEqual(['a/PPO_1', 'b/PPO_1']);
  });

  it('may mean one whose folder has moved, or have left a part of it out', () => {
    expect(ids('old/place/PPO_2')).toEqual(['b/PPO_2']);
    expect(ids('llama')).toEqual(['llama/tb']);
    expect(meantBy('llama', tasks).isCalled).toBe(false);
  });

  it('means none where nothing is like it', () => {
    expect(ids('bert')).toEqual([]);
    expect(ids('')).toEqual([]);
  });
});
