/** The page: the bar on top, and below it the task or whatever stands in its way. */

import { isUnknownTask } from '../wire/failure';
import type { TaskList } from '../wire/messages';
import { ConnectionNotice, MeanwhileNotice } from './connection_notice';
import { useApp } from './context';
import { CannotOpen, EmptyLogDirectory, Loading, NoLogDirectory, RemoteStore, Unreachable } from './states';
import { TaskPage } from './task_page';
import { TopBar } from './top_bar';

export function App() {
  return (
    <div class="page">
      <TopBar />
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
  const list = monitor.list.value;
  const open = monitor.open.value;
  const task = open?.task.value;
  if (open && task) return <TaskPage key={open.id} open={open} task={task} />;
  if (list?.tasks.length === 0) return <NoTask list={list} />;
  const failure = open?.failure.value ?? monitor.listFailure.value;
  if (failure && isUnknownTask(failure)) return <CannotOpen id={open?.id ?? ''} failure={failure} />;
  return failure ? <Unreachable failure={failure} /> : <Loading />;
}

/** Nothing is listed: there is nothing, it cannot be read, or it is not found yet. */
function NoTask({ list }: { readonly list: TaskList }) {
  const remote = list.problems.filter((problem) => problem.code.startsWith('remote_'));
  if (remote.length > 0) return <RemoteStore problems={remote} />;
  if (list.progress !== null) return <Loading />;
  const noDirectory = list.problems.find((problem) => problem.code === 'no_logdir');
  if (noDirectory) return <NoLogDirectory sentence={noDirectory.message} />;
  return <EmptyLogDirectory problems={list.problems} />;
}
