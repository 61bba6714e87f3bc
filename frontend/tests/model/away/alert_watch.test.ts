import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { AlertWatch } from '../../../src/model/away/alert_watch';
import { Alerts } from '../../../src/model/away/alerts';
import type { OpenTask } from '../../../src/model/task/open_task';
import type { View } from '../../../src/model/view/view';
import { summary, task } from '../../examples';

const failed = { id: 'bert', status: 'failed', mode: 'history' } as const;

/** Of the open task `bert`, which the reader has chosen to be told of. */
function watching() {
  const told: string[] = [];
  const alerts = new Alerts(null, (alert) => told.push(alert.mark));
  alerts.watch('bert', true);
  const shown = signal(true);
  const view = { values: signal({ muted: [] }) } as unknown as View;
  const watch = new AlertWatch(alerts, view, signal({ id: 'bert' } as OpenTask), shown, () => true);
  watch.hearOpen(task({ id: 'bert' }));
  return { watch, shown, told };
}

describe('Of the open task', () => {
  it('the task itself tells while it is looked at, and the list is not heard', () => {
    const { watch, told } = watching();
    watch.hearList([summary(failed)]);
    expect(told).toEqual([]);
    watch.hearOpen(task(failed));
    expect(told).toEqual(['✗']);
  });

  it('the list tells while the tab is hidden, and not what the task said before', () => {
    const { watch, shown, told } = watching();
    shown.value = false;
    watch.hearOpen(task(failed));
    expect(told).toEqual([]);
    watch.hearList([summary(failed)]);
    expect(told).toEqual(['✗']);
  });
});
