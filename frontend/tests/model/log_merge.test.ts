import { describe, expect, it } from 'vitest';
import { mergeNewer, mergeOlder, ofTypes } from '../../src/model/log_merge';
import { row } from '../examples';

const ids = (rows: readonly { id: string }[]) => rows.map((one) => Number(one.id));

describe('A delta of log rows', () => {
  it('comes oldest first and goes on top', () => {
    const merged = mergeNewer([row(2), row(1)], [row(3), row(4)]);
    expect(ids(merged.rows)).toEqual([4, 3, 2, 1]);
    expect(ids(merged.added)).toEqual([4, 3]);
  });

  it('replaces a row that is known, where it stands', () => {
    const merged = mergeNewer([row(2), row(1)], [row(1, 'end', 'ended after all'), row(3)]);
    expect(ids(merged.rows)).toEqual([3, 2, 1]);
    expect(merged.rows[2]?.message).toBe('ended after all');
    expect(ids(merged.added)).toEqual([3]);
  });

  it('takes the newest word on a row that it names twice', () => {
    const merged = mergeNewer([], [row(1, 'step', 'first'), row(1, 'step', 'second')]);
    expect(merged.rows.map((one) => one.message)).toEqual(['second']);
  });
});

it('An older page goes behind, and rows that both have are taken once', () => {
  expect(ids(mergeOlder([row(5), row(4), row(3)], [row(3), row(2), row(1)]))).toEqual([5, 4, 3, 2, 1]);
});

it('A filter without types lets everything through', () => {
  const rows = [row(1, 'start'), row(2, 'step')];
  expect([ids(ofTypes(rows, [])), ids(ofTypes(rows, ['start']))]).toEqual([[1, 2], [1]]);
});
