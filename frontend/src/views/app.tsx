/** The page: the bar on top, and below it all tasks, one of them, or whatever stands in the way. */

import { isUnknownTask } from '../wire/failure';
import type { TaskList } from '../wire/messages';
import { ConnectionNotice, MeanwhileNotice } from './bar/connection_notice';
import { KeyList } from './bar/later_popups';
import { TopBar } from './bar/top_bar';
import { focusField, useApp, useKey } from './context';
import { useFetchedAhead } from './elements/later';
import { CannotOpen, EmptyLogDirectory, NoLogDirectory, UnreadLogDirectory } from './elements/later_no_task';
import { Part } from './elements/part';
import { Loading, Unreachable } from './elements/states';
import { Overview, TaskPage } from './later_pages';

export function App() {
  const { monitor } = useApp();
  useFetchedAhead([KeyList, Overview, TaskPage]);
  return (
    <div class={`page ${monitor.open.value === null ? 'is-overview' : ''}`}>
      <Part name="the bar">
        <TopBar />
      </Part>
      <ConnectionNotice />
      <MeanwhileNotice />
      <main class="content">
        <Body />
      </main>
    </div>
  );
}

function Body() {
  const { monitor } = useApp();
  const list = monitor.tasks.list.value;
  const open = monitor.open.value;
  const task = monitor.told.value;
  if (open && task?.id === open.id)
    return (
      <Part key={open.id} name="the task’s page">
        <TaskKeys />
        <TaskPage open={open} task={task} />
      </Part>
    );
  if (list?.tasks.length === 0) return <NoTask list={list} />;
  const failure = open ? open.failure.value : list === null && monitor.tasks.failure.value;
  if (failure && isUnknownTask(failure)) return <CannotOpen id={open?.id ?? ''} failure={failure} />;
  if (failure) return <Unreachable failure={failure} />;
  if (open || list === null) return <Loading />;
  return (
    <Part name="the list of tasks">
      <Overview list={list} />
    </Part>
  );
}

/** Keys that concern all charts, and the log; how charts are drawn has its keys where that is chosen. */
function TaskKeys() {
  const { view } = useApp().monitor;
  const values = () => view.values.peek();
  const reset = () => values().range !== null && view.set({ range: null });
  useKey('h', 'Whole history, or the latest points', () =>
    view.set({ history: values().history === 'all' ? 'latest' : 'all' }),
  );
  useKey('r', 'Reset the zoom', reset);
  useKey('Escape', 'Reset the zoom', reset);
  useKey('f', 'Find in the log', () => focusField(document.querySelector('.log-search')), 'Log');
  return null;
}

/** Nothing is listed: there is nothing, it cannot be read, or it is not found yet. */
function NoTask({ list }: { readonly list: TaskList }) {
  const unread = list.problems.filter(({ code }) => code.startsWith('remote_') || code === 'logdir_missing');
  if (unread.length > 0) return <UnreadLogDirectory problems={unread} />;
  if (list.progress !== null) return <Loading />;
  const noDirectory = list.problems.find((problem) => problem.code === 'no_logdir');
  if (noDirectory) return <NoLogDirectory sentence={noDirectory.message} />;
  return <EmptyLogDirectory problems={list.problems} />;
}
