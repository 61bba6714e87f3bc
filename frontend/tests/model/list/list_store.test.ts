import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { ListStore } from '../../../src/model/list/list_store';
import { DEFAULT_VIEW } from '../../../src/model/view/view_values';
import { summary, taskList } from '../../examples';
import { FakeClient } from '../fake_client';

describe('The list by name', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function listOf(...names: string[]) {
    const chosen = signal(DEFAULT_VIEW);
    const store = new ListStore(new FakeClient(), new Connection(() => 0), chosen, signal(0));
    store.list.value = taskList(...names.map((name) => summary({ id: name, name })));
    const shown = (sort: string) => {
      chosen.value = { ...chosen.value, sort };
      return store.found.value.tasks.map(({ id }) => id);
    };
    return { store, shown };
  }

  it('is the same whether it was sorted ahead or not, and turned round the other way', () => {
    for (const isAhead of [true, false]) {
      const { store, shown } = listOf('b', 'a10', 'a9', 'c');
      if (isAhead) store.sortAhead();
      vi.advanceTimersByTime(100);
      expect(shown('name')).toEqual(['a9', 'a10', 'b', 'c']);
      expect(shown('-name')).toEqual(['c', 'b', 'a10', 'a9']);
    }
  });

  it('leaves tasks of one name as they were', () => {
    const { store, shown } = listOf('b', 'a');
    store.list.value = taskList(
      ...['2', '1', '3'].map((id) => summary({ id, name: id === '3' ? 'b' : 'a' })),
    );
    expect(shown('name')).toEqual(['2', '1', '3']);
  });

  it('has what is new of it', () => {
    const { store, shown } = listOf('b', 'a');
    expect(shown('name')).toEqual(['a', 'b']);
    store.list.value = taskList(...['c', 'b', 'a'].map((id) => summary({ id, name: id })));
    expect(shown('name')).toEqual(['a', 'b', 'c']);
  });
});
