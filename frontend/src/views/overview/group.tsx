/** The head of a group of tasks: their folder, how many stand how, and the best of what leads. */

import { formatCount, formatValue } from '../../base/numbers';
import { named, visible } from '../../base/visible';
import { bestLead, type Head, statusCounts } from '../../model/list/task_groups';
import { STATUSES } from '../../model/list/task_list';
import { useApp } from '../context';
import { Chevron } from '../elements/icon';
import { StatusShape } from '../elements/status_tag';
import type { Placed } from './row';

interface GroupRowProps extends Placed {
  readonly group: Head;
}

export function GroupRow({ group, index, count, top, height, isActive }: GroupRowProps) {
  const { view } = useApp().monitor;
  const { folder, tasks, isFolded } = group;
  const counts = statusCounts(tasks);
  const best = bestLead(tasks);
  const name = folder === '' ? 'On their own' : folder;
  return (
    <li aria-setsize={count} aria-posinset={index + 1} style={{ top: `${top}px` }}>
      <button
        type="button"
        class="group-row"
        data-row
        aria-expanded={!isFolded}
        tabIndex={isActive ? 0 : -1}
        style={{ height: `${height}px` }}
        onClick={() => view.toggle('foldedGroups', folder)}
      >
        <Chevron />
        <bdi class="group-name" title={visible(name)}>
          {named(name)}
        </bdi>
        <span class="group-counts">
          {STATUSES.filter((status) => counts.has(status)).map((status) => (
            <span key={status} class="group-count">
              <StatusShape status={status} /> {formatCount(counts.get(status) ?? 0)}
              <span class="visually-hidden"> {status}</span>
            </span>
          ))}
        </span>
        {best && (
          <span class="group-best">
            best {best.label} <b>{formatValue(best.value)}</b>
          </span>
        )}
      </button>
    </li>
  );
}
