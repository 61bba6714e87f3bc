/** Chooses the task: a button with the open one, and behind it a list that is searched by typing. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatCount, formatPercent } from '../base/numbers';
import { formatAge } from '../base/times';
import { find, neighbour } from '../model/task_list';
import type { TaskSummary } from '../wire/messages';
import { useApp, useKey } from './context';
import { movedBy } from './log_keys';
import { StatusTag } from './status_tag';

/** Nobody reads further down than this; typing narrows the list. */
const MOST_OPTIONS = 100;

/** What a page up or down is, in options. */
const PAGE = { scroll: 0, height: 11, rowHeight: 1 } as const;

export function TaskSelector() {
  const { monitor } = useApp();
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const current = useCurrent();
  const close = () => {
    isOpen.value = false;
    root.current?.querySelector('button')?.focus();
  };
  const go = (places: number) => {
    const task = neighbour(monitor.found.peek().tasks, current?.id ?? null, places);
    if (task) monitor.view.openTask(task.id);
  };
  useKey(
    '/',
    'Find a task',
    () => {
      isOpen.value = true;
    },
    'Tasks',
  );
  useKey('j', 'Next task', () => go(1), 'Tasks');
  useKey('k', 'Previous task', () => go(-1), 'Tasks');
  useClickOutside(root, () => {
    isOpen.value = false;
  });
  return (
    <div class="selector" ref={root}>
      <button
        type="button"
        class="selector-button"
        aria-haspopup="listbox"
        aria-expanded={isOpen.value}
        aria-label={current ? `Task ${current.name}, ${current.status}. Choose another` : 'Choose a task'}
        disabled={(monitor.list.value?.tasks.length ?? 0) === 0}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <span class="selector-name">{current?.name ?? 'No task'}</span>
        {current && <StatusTag status={current.status} />}
        <svg class="caret" viewBox="0 0 10 6" width="10" height="6" aria-hidden="true">
          <path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" stroke-width="1.5" />
        </svg>
      </button>
      {isOpen.value && <TaskList current={current?.id ?? null} onClose={close} />}
    </div>
  );
}

/** The open task by all its points where they are known: the list only judges by the ends of its files. */
function useCurrent(): Pick<TaskSummary, 'id' | 'name' | 'status'> | null {
  const { monitor } = useApp();
  const open = monitor.open.value;
  return open?.task.value ?? monitor.list.value?.tasks.find((task) => task.id === open?.id) ?? null;
}

interface TaskListProps {
  readonly current: string | null;
  readonly onClose: () => void;
}

function TaskList({ current, onClose }: TaskListProps) {
  const { monitor } = useApp();
  const text = useSignal('');
  const active = useSignal<string | null>(current);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const matching = find(monitor.list.value?.tasks ?? [], text.value).tasks;
  const shown = matching.slice(0, MOST_OPTIONS);
  const activeIndex = Math.max(
    0,
    shown.findIndex((task) => task.id === active.value),
  );
  const choose = (task: TaskSummary | undefined) => {
    if (task) monitor.view.openTask(task.id);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Home and End are the text's own.
    const isMove = /^(Arrow|Page)/.test(event.key);
    const target = isMove ? movedBy(event.key, activeIndex, { ...PAGE, rows: shown.length }) : null;
    if (target !== null) active.value = shown[target]?.id ?? null;
    else if (event.key === 'Enter') choose(shown[activeIndex]);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    event.preventDefault();
  };

  return (
    <div class="selector-popup">
      <input
        ref={field}
        class="field"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="task-options"
        aria-activedescendant={shown.length > 0 ? optionId(activeIndex) : undefined}
        aria-label="Find a task by its name or status"
        placeholder="Find by name or status"
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={onKeyDown}
      />
      <div id="task-options" class="options" role="listbox" aria-label="Tasks, latest activity first">
        {shown.map((task, index) => (
          <Option
            key={task.id}
            task={task}
            index={index}
            isActive={index === activeIndex}
            isCurrent={task.id === current}
            onChoose={() => choose(task)}
          />
        ))}
      </div>
      {matching.length === 0 && <p class="hint">No task is called so. Esc closes the list.</p>}
      {matching.length > MOST_OPTIONS && (
        <p class="hint">{formatCount(matching.length - MOST_OPTIONS)} more: type to narrow the list.</p>
      )}
    </div>
  );
}

interface OptionProps {
  readonly task: TaskSummary;
  readonly index: number;
  readonly isActive: boolean;
  readonly isCurrent: boolean;
  readonly onChoose: () => void;
}

function Option({ task, index, isActive, isCurrent, onChoose }: OptionProps) {
  const now = useApp().monitor.now.value;
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the focus and handles every key.
    <div
      ref={row}
      id={optionId(index)}
      class={`option ${isActive ? 'is-active' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={isCurrent}
      onClick={onChoose}
    >
      <span class="option-name" title={task.id}>
        {task.name}
      </span>
      <StatusTag status={task.status} />
      <span class="option-facts">
        {[progressText(task), task.last_event_at === null ? '' : formatAge(now - task.last_event_at)]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </div>
  );
}

function progressText(task: TaskSummary): string {
  const attempts = task.attempts > 1 ? ` · ${task.attempts} attempts` : '';
  if (task.step === null) return attempts.slice(3);
  const progress = task.progress === null ? '' : ` (${formatPercent(task.progress)})`;
  return `step ${formatCount(task.step)}${progress}${attempts}`;
}

function optionId(index: number): string {
  return `task-option-${index}`;
}

function useClickOutside(root: { readonly current: HTMLElement | null }, onOutside: () => void): void {
  useEffect(() => {
    const listen = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) onOutside();
    };
    document.addEventListener('pointerdown', listen);
    return () => document.removeEventListener('pointerdown', listen);
  }, []);
}
