/** What stands in for tasks where there is none, or not the one that is asked for. */

import { plural } from '../../base/numbers';
import { named, visible } from '../../base/visible';
import { meantBy } from '../../model/list/meant';
import type { Failure } from '../../wire/failure';
import type { Problem } from '../../wire/messages';
import { plainClick, useApp } from '../context';
import { Problems } from './problems';
import { AGAIN, State } from './states';

export const styles = '.meant { list-style: none; display: grid; gap: 4px; overflow-wrap: anywhere; }';

export function NoLogDirectory({ sentence }: { readonly sentence: string }) {
  return (
    <State title="No log directory">
      <p>{sentence}</p>
    </State>
  );
}

/** Nothing of the log directory is known: it is not there, or its remote store is slow or will not be read. */
export function UnreadLogDirectory({ problems }: { readonly problems: readonly Problem[] }) {
  const looking = problems.every((problem) => problem.code === 'remote_first_look');
  return (
    <State title={looking ? 'Looking at the log directory' : 'The log directory cannot be read'}>
      {problems.map((problem) => (
        <p key={`${problem.code} ${problem.where}`} role="status">
          {problem.message} <code>{problem.where}</code>
        </p>
      ))}
      <p>{AGAIN}</p>
    </State>
  );
}

export function EmptyLogDirectory({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <State title="No tasks yet">
      <p>
        In the log directory and below it are neither event files (<code>events.out.tfevents.…</code>), as
        most trainers write them, nor the <code>training_logs.db</code> of TrainMon’s own logger.
      </p>
      <p>{AGAIN}</p>
      <Problems problems={problems} open />
    </State>
  );
}

export function CannotOpen({ id, failure }: { readonly id: string; readonly failure: Failure }) {
  const { monitor } = useApp();
  const all = monitor.tasks.list.value?.tasks ?? [];
  const { isCalled, count, tasks } = meantBy(id, all);
  const [first] = all;
  return (
    <State title={isCalled ? `Which “${visible(id)}”?` : `No task “${visible(id)}”`}>
      <p>{isCalled ? `${plural(count, 'task')} are called that:` : failure.sentence}</p>
      {tasks.length > 0 && (
        <>
          {!isCalled && <p>Did you mean:</p>}
          <ul class="meant">
            {tasks.map((task) => (
              <li key={task.id}>
                <a
                  href={monitor.view.hrefOf(task.id)}
                  onClick={plainClick(() => monitor.view.openTask(task.id))}
                >
                  {named(task.id)}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      {first && (
        <p class="state-ways">
          <button type="button" class="button" onClick={() => monitor.view.showAll()}>
            All tasks
          </button>
          {tasks.length === 0 && (
            <button type="button" class="button" onClick={() => monitor.view.openTask(first.id)}>
              Open {named(first.name)}, the latest
            </button>
          )}
        </p>
      )}
    </State>
  );
}
