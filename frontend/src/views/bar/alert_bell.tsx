/** The bell: whether the browser tells when the task ends, fails, or loses its numbers. Off until the reader wants it. */

import { useSignal } from '@preact/signals';
import { notificationsRefused } from '../../base/notifications';
import type { Task } from '../../wire/messages';
import { useApp, useKey } from '../context';
import { Icon } from '../elements/icon';

export function AlertBell({ task }: { readonly task: Task }) {
  const { alerts } = useApp().monitor;
  const refused = useSignal<string | null>(null);
  const isOn = alerts.isWatched(task.id);
  const toggle = async () => {
    refused.value = isOn ? null : await notificationsRefused(window);
    alerts.watch(task.id, !isOn && refused.value === null);
  };
  useKey('n', 'Tell me when this task ends, or no longer', () => void toggle(), 'Page');
  return (
    <>
      <button type="button" class="button is-quiet" aria-pressed={isOn} onClick={() => void toggle()}>
        <Icon path={isOn ? `${BELL}M12 3q2 1.5 2 4M4 3q-2 1.5-2 4` : BELL} />
        <span class="button-word">{isOn ? 'Will tell you' : 'Tell me'}</span>
        <span class="visually-hidden">
          {' '}
          when it ends, fails, its loss is no number, or a rule finds something
        </span>
      </button>
      <span role="status">{refused.value && <span class="bar-popup is-open">{refused.value}</span>}</span>
    </>
  );
}

const BELL = 'M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.5 14.5h3';
