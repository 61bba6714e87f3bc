/** A task's name: what its siblings' names have too is dim and gives way first, what is its own is always readable. */

import { named, visible } from '../../base/visible';
import type { TaskSummary } from '../../wire/messages';
import { useApp } from '../context';

export function TaskName({ task }: { readonly task: TaskSummary }) {
  const { head, tail } = useApp().monitor.tasks.folders.value.shared(task);
  const { name } = task;
  const own = name.slice(head, name.length - tail);
  return (
    <bdi class="row-title" title={visible(task.id)}>
      {head > 0 && <span class="name-shared">{visible(name.slice(0, head))}</span>}
      <span class="name-own">{named(own)}</span>
      {tail > 0 && <span class="name-shared">{visible(name.slice(name.length - tail))}</span>}
    </bdi>
  );
}
