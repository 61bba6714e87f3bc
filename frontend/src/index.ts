/** The plugin's module: TensorBoard imports it in our frame and calls `render`; as a shared worker it serves all tabs. */

// biome-ignore-all assist/source/organizeImports: modules stand in the bundle as they are imported here, and gzip finds 1 % less where like stands far from like.
import { effect, signal } from '@preact/signals';
import { h, render as renderInto } from 'preact';
import { Keys } from './base/keys';
import { notify } from './base/notifications';
import { followTheme, type Theme, themeOf } from './base/theme';
import { titleMarker } from './base/title';
import { adoptStyles } from './base/style_sheet';
import { followVisibility, isShown } from './base/visibility';
import { Painter } from './chart/invalidation';
import { Alerts } from './model/alerts';
import { Monitor } from './model/monitor';
import { Pins } from './model/pins';
import { View } from './model/view';
import { connect } from './live_worker';
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

export function render(): void {
  adoptStyles(styles);
  const theme = signal<Theme>(themeOf(window.parent.document.body));
  followTheme(window.parent.document.body, (now) => {
    theme.value = now;
    document.documentElement.dataset.theme = now;
  });
  const client = createClient((url, init) => fetch(url, init));
  const feed = new WorkerFeed({ shared: sharedWorker, own: ownWorker });
  window.addEventListener('pagehide', () => feed.leave());
  const view = new View(window.parent);
  // While the first answers are on their way.
  void (view.values.peek().task ? TaskPage : Overview).need();
  const kept = shelf();
  const alerts = new Alerts(kept, (alert) => {
    notify(window, { ...alert, tag: `trainmon ${alert.id}` }, () => {
      window.parent.focus();
      view.openTask(alert.id);
    });
  });
  const model = new Monitor(client, feed, view, () => Date.now() / 1000, alerts, new Pins(kept));
  model.hasFocus = () => window.parent.document.hasFocus();
  monitor = model;
  markTitle(alerts);
  const painter = new Painter((callback) => requestAnimationFrame(callback));
  followVisibility(window, (shown) => {
    model.show(shown);
    if (shown && model.hasFocus()) alerts.seen();
  });
  document.documentElement.lang = 'en';
  document.title = 'TrainMon';
  renderInto(
    h(AppProvider, { value: { monitor: model, painter, theme, keys: new Keys() } }, h(App, null)),
    document.body,
  );
}

/** An alert stands in the title of TensorBoard's page until somebody has come to look. */
function markTitle(alerts: Alerts): void {
  const mark = titleMarker(window.parent.document);
  effect(() => mark(alerts.unseen.value?.mark ?? null));
  for (const event of ['focus', 'pointerdown', 'keydown']) {
    window.addEventListener(event, () => isShown(window) && alerts.seen());
  }
}

/** A browser that keeps no site's data has none. */
function shelf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** This module itself, which the page has loaded already; relative to the frame's base, as every URL of ours. */
const WORKER = 'index.js';

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
  const { port1, port2 } = new MessageChannel();
  connect(port1);
  return port2 as WorkerPort;
}
