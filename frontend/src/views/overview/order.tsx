/** How the list is sorted and grouped: the heads of its columns, and the same as a choice where there is no room for them. */

import { COLUMNS, type Column, clicked, type Order, orderFrom, orderText } from '../../model/list/task_order';
import { useApp, useKey } from '../context';

const NAMES: Readonly<Record<Column, string>> = {
  name: 'Task',
  status: 'Status',
  step: 'Step',
  left: 'Left',
  lead: 'Leading metric',
  insights: 'Insights',
  activity: 'Last activity',
};

/** The order, and how to choose another one. */
function useOrder() {
  const { view } = useApp().monitor;
  const order = orderFrom(view.values.value.sort);
  return { order, choose: (next: Order) => view.set({ sort: orderText(next) }) };
}

export function ColumnHeads({ columns }: { readonly columns: readonly Column[] }) {
  const { order, choose } = useOrder();
  return (
    <div class="task-row overview-columns" role="group" aria-label="Sort by">
      {columns.map((column) => {
        const isSorted = order.column === column;
        return (
          <button
            key={column}
            type="button"
            aria-pressed={isSorted}
            title={isSorted ? 'Sort the other way round' : `Sort by ${NAMES[column].toLowerCase()}`}
            onClick={() => choose(clicked(order, column))}
          >
            {NAMES[column]}
            {isSorted && <span aria-hidden="true">{order.isReversed ? ' ↑' : ' ↓'}</span>}
            {isSorted && order.isReversed && <span class="visually-hidden">, the other way round</span>}
          </button>
        );
      })}
    </div>
  );
}

export function OrderChoice({ columns }: { readonly columns: readonly Column[] }) {
  const { view } = useApp().monitor;
  const { order, choose } = useOrder();
  const { grouped } = view.values.value;
  const group = () => view.set({ grouped: !view.values.peek().grouped });
  useKey(
    's',
    'Sort by the next column',
    () => choose({ column: after(order.column, columns), isReversed: false }),
    'Tasks',
  );
  useKey('S', 'Sort the other way round', () => choose({ ...order, isReversed: !order.isReversed }), 'Tasks');
  useKey('d', 'Group by folder, or no longer', group, 'Tasks');
  return (
    <span class="order-choice">
      <label class="sort-choice">
        <span class="visually-hidden">Sort by</span>
        <select
          class="field"
          value={order.column}
          onChange={(event) => choose({ column: event.currentTarget.value as Column, isReversed: false })}
        >
          {columns.map((column) => (
            <option key={column} value={column}>
              {NAMES[column]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="chip sort-choice"
        aria-pressed={order.isReversed}
        aria-label="The other way round"
        title="The other way round"
        onClick={() => choose({ ...order, isReversed: !order.isReversed })}
      >
        ↑↓
      </button>
      <button type="button" class="chip" aria-pressed={grouped} onClick={group}>
        by folder
      </button>
    </span>
  );
}

function after(column: Column, columns: readonly Column[]): Column {
  return columns[(columns.indexOf(column) + 1) % columns.length] ?? COLUMNS[0];
}
