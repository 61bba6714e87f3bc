/** The whole tab, drawn into our frame. */

// biome-ignore-all assist/source/organizeImports: modules stand in the bundle as they are imported here, and gzip finds 1 % less where like stands far from like.
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { h, render as renderInto } from 'preact';
import { type Begun, takingFrom } from './base/begun';
import { Keys } from './base/keys';
import { lifeOf } from './base/life';
import { notify } from './base/notifications';
import { followTheme, type Theme, themeOf } from './base/theme';
import { shelf } from './base/shelf';
import { titleMarker } from './base/title';
import { adoptStyles } from './base/style_sheet';
import { followVisibility, isShown } from './base/visibility';
import { Painter } from './chart/invalidation';
import { Alerts } from './model/away/alerts';
import { Monitor } from './model/monitor';
import { Pins } from './model/metrics/pins';
import { View } from './model/view/view';
import { App } from './views/app';
import { AppProvider } from './views/context';
import { Overview, TaskPage } from './views/later_pages';
import { createClient } from './wire/client';
import { WorkerFeed, type WorkerPort } from './wire/feed';
// The last: where style sheets stand between scripts, gzip finds less.
import styles from './views/styles';

// What both pages have is in this file: in one of its own it would be one more to wait for.
export { copyText } from './base/clipboard';
export { download } from './base/download';
export { movedBy } from './views/elements/list_keys';
export { rowsInSight } from './views/elements/list_window';
export { fillStyle } from './views/elements/fill';
export { Problems } from './views/elements/problems';
export { Sparkline } from './views/elements/sparkline';

/** For whoever counts what has arrived: the benches, and a person at the console. */
export let monitor: Monitor | undefined;

/** `begun` are the first answers, asked for already. */
export function render(begun: Begun): void {
  adoptStyles(styles);
  document.documentElement.lang = 'en';
  document.title = 'TrainMon';
  const life = lifeOf(window);
  const theme = followedTheme(life);
  const model = newMonitor(begun, life);
  monitor = model;
  markTitle(model.alerts, life);
  followVisibility(window, (shown) => {
    model.show(shown);
    if (shown && model.hasFocus()) model.alerts.seen();
  });
  const painter = new Painter((callback) => requestAnimationFrame(callback));
  const app = h(
    AppProvider,
    { value: { monitor: model, painter, theme, life, keys: new Keys() } },
    h(App, null),
  );
  const page = model.view.values.peek().task ? TaskPage : Overview;
  const isWhole = Promise.all([page.need(), answered(model)]);
  // Drawn earlier, the page would be made and laid out twice.
  void Promise.race([isWhole, later(BLANK_MS)]).then(() => renderInto(app, document.body));
}

function followedTheme(life: AbortSignal): ReadonlySignal<Theme> {
  const theme = signal<Theme>(themeOf(window.parent.document.body));
  followTheme(window.parent.document.body, life, (now) => {
    theme.value = now;
    document.documentElement.dataset.theme = now;
  });
  return theme;
}

function newMonitor(begun: Begun, life: AbortSignal): Monitor {
  const client = createClient(takingFrom(begun, (url, init) => fetch(url, init)));
  const feed = new WorkerFeed({ shared: sharedWorker, own: ownWorker });
  window.addEventListener('pagehide', () => feed.leave());
  const view = new View(window.parent, life);
  const kept = shelf();
  const alerts = new Alerts(kept, (alert) => {
    notify(window, { ...alert, tag: `trainmon ${alert.id}` }, () => {
      window.parent.focus();
      view.openTask(alert.id);
    });
  });
  const model = new Monitor(client, feed, view, () => Date.now() / 1000, alerts, new Pins(kept));
  model.hasFocus = () => window.parent.document.hasFocus();
  return model;
}

/** So long a blank page is none that anybody sees. */
const BLANK_MS = 100;

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves once the model has what the first page shows. */
function answered({ open, tasks }: Monitor): Promise<void> {
  return new Promise((resolve) => {
    effect(() => {
      const task = open.value;
      if (task === null ? tasks.list.value !== null : task.first.value !== 'coming') resolve();
    });
  });
}

/** An alert stands in the title of TensorBoard's page until somebody has come to look, or nobody tells of it any more. */
function markTitle(alerts: Alerts, life: AbortSignal): void {
  const mark = titleMarker(window.parent.document);
  effect(() => mark(alerts.unseen.value?.mark ?? null));
  life.addEventListener('abort', () => mark(null));
  for (const event of ['focus', 'pointerdown', 'keydown']) {
    window.addEventListener(event, () => isShown(window) && alerts.seen());
  }
}

/** Relative to the frame's base, as every URL of ours. */
const WORKER = 'live_worker.js';
const OWN_AGAIN_MS = 3000;

function sharedWorker(onError: () => void): WorkerPort | null {
  if (typeof SharedWorker === 'undefined') return null;
  try {
    const worker = new SharedWorker(WORKER, { type: 'module', name: 'trainmon' });
    worker.onerror = onError;
    return worker.port as WorkerPort;
  } catch {
    return null; // forbidden, such as by a browser that keeps no site's data
  }
}

async function ownWorker(): Promise<WorkerPort> {
  try {
    const { connect } = await import('./live_worker');
    const { port1, port2 } = new MessageChannel();
    connect(port1);
    return port2 as WorkerPort;
  } catch {
    // The server is away.
    await later(OWN_AGAIN_MS);
    return ownWorker();
  }
}
