/** The fold group "Other charts". Folded it fetches and draws nothing, and tells the latest values all the same. */

import { arranged } from '../model/arrangement';
import { choose, OTHER_ROLES, otherMetrics, type Role, TITLES } from '../model/metric_choice';
import { OTHER } from '../model/wanted';
import type { Task } from '../wire/messages';
import { type TaskProps, useApp } from './context';
import { Chevron } from './icon';
import { AllScalars } from './later_charts';
import { lastText, roleLabel } from './live_metrics';
import { MainChart } from './main_chart';

export function OtherCharts({ open, task }: TaskProps) {
  const { view } = useApp().monitor;
  const { order, open: unfolded } = view.values.value;
  const isOpen = unfolded.includes(OTHER);
  return (
    <section class="other-charts">
      <h2 class="fold-heading">
        <button
          type="button"
          class="fold"
          aria-expanded={isOpen}
          aria-controls="other-charts"
          onClick={() => view.toggle('open', OTHER)}
        >
          <Chevron />
          Other charts
          {!isOpen && <Glance task={task} />}
        </button>
      </h2>
      <div id="other-charts" hidden={!isOpen}>
        {isOpen && (
          <>
            <div class="chart-grid">
              {arranged(OTHER_ROLES, order).map((role) => (
                <MainChart key={role} role={role} group={OTHER_ROLES} open={open} task={task} />
              ))}
            </div>
            <AllScalars open={open} task={task} />
          </>
        )}
      </div>
    </section>
  );
}

function Glance({ task }: { readonly task: Task }) {
  const rest = otherMetrics(task).length;
  return (
    <span class="glance-values">
      {OTHER_ROLES.map((role) => glanceOf(task, role)).map(([name, value]) => (
        <span key={name}>
          {name} <b>{value}</b>
        </span>
      ))}
      {rest > 0 && (
        <span>
          other scalars <b>{rest}</b>
        </span>
      )}
    </span>
  );
}

function glanceOf(task: Task, role: Role): readonly [string, string] {
  const choice = choose(task, role);
  return [roleLabel(role, TITLES[role], choice), choice.kind === 'logged' ? lastText(choice.metric) : '–'];
}
