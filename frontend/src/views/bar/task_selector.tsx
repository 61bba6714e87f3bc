/** Chooses another task: a button with the open one, and behind it the list of all, to find one by typing. */

import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { named, visible } from '../../base/visible';
import { neighbour } from '../../model/list/task_list';
import { useApp, useKey } from '../context';
import { Loading } from '../elements/states';
import { StatusTag } from '../elements/status_tag';
import { Overview } from '../later_pages';

/** So many letters at the end of a name are not cut off: there, or at the beginning, names differ. */
const READABLE = 20;

export function TaskSelector() {
  const { monitor } = useApp();
  /** 0 while it is closed; another number for an opening that follows at once: it gets a list of its own, with the focus in its search. */
  const opening = useSignal(0);
  const button = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const list = monitor.tasks.list.value;
  const open = monitor.open.value;
  // By all its points where they are known: the list only judges by the ends of its files.
  const current = monitor.told.value ?? list?.tasks.find((task) => task.id === open?.id);
  const name = current ? named(current.name) : 'No task';
  const find = () => {
    if (button.current?.disabled) return;
    // At once, not when the browser tells of it: the next key is for the search.
    opening.value ||= 1;
    button.current?.click();
    popup.current?.focus();
  };
  const go = (places: number) => {
    const task = neighbour(monitor.tasks.found.peek().tasks, open?.id ?? null, places);
    if (task) monitor.view.openTask(task.id);
  };
  useKey('/', 'Find a task', find, 'Tasks');
  useKey('j', 'Next task', () => go(1), 'Tasks');
  useKey('k', 'Previous task', () => go(-1), 'Tasks');
  return (
    <>
      <button
        ref={button}
        type="button"
        class="selector"
        popovertarget="selector-popup"
        aria-label={
          current ? `Task ${visible(current.name)}, ${current.status}. Choose another` : 'Choose a task'
        }
        onFocus={() => void Overview.need()}
        // The list comes after the task: who looks for another one meanwhile may begin.
        disabled={!current && !list?.tasks.length}
      >
        <span class="row-title">
          <span>{name.slice(0, -READABLE) || null}</span>
          <span>{name.slice(-READABLE)}</span>
        </span>
        {current && <StatusTag status={current.status} />}
        <span aria-hidden="true">▾</span>
      </button>
      <ListPopup popup={popup} opening={opening} />
    </>
  );
}

interface ListPopupProps {
  readonly popup: { readonly current: HTMLDivElement | null };
  readonly opening: Signal<number>;
}

function ListPopup({ popup, opening }: ListPopupProps) {
  const { tasks, view } = useApp().monitor;
  const isTyped = useRef(false);
  const list = tasks.list.value;
  const close = () => popup.current?.hidePopover();
  /** What is typed before the list's code is here, and with it the search, is searched for all the same. */
  const typeAhead = (event: KeyboardEvent) => {
    if (event.key.length > 1 || event.ctrlKey || event.altKey || event.metaKey) return false;
    // As in the field itself, what was searched for before is written over.
    const before = isTyped.current ? view.values.peek().find : '';
    isTyped.current = true;
    view.set({ find: before + event.key });
    return true;
  };
  return (
    <div
      ref={popup}
      id="selector-popup"
      popover
      tabIndex={-1}
      class="bar-popup"
      onBeforeToggle={(event) => {
        if (event.newState === 'open') isTyped.current = false;
      }}
      // The browser tells of it later: closed and opened again meanwhile is one event, from open to open.
      onToggle={({ oldState, newState }) => {
        if (newState === 'closed') opening.value = 0;
        else if (oldState === 'open') opening.value += 1;
        else opening.value ||= 1;
      }}
      // Before the list in it takes the key for its own.
      onKeyDownCapture={(event) => {
        const isClosing = event.key === 'Escape';
        if (!isClosing && !(event.target === popup.current && typeAhead(event))) return;
        event.preventDefault();
        event.stopPropagation();
        if (isClosing) close();
      }}
    >
      {opening.value > 0 &&
        (list ? (
          <Overview key={opening.value} list={list} onOpened={close} isTyped={isTyped} />
        ) : (
          <Loading />
        ))}
    </div>
  );
}
