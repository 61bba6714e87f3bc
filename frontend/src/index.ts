/** The plugin's module: TensorBoard imports it in our frame and calls `render`. */

import { signal } from '@preact/signals';
import { h, render as renderInto } from 'preact';
import { followTheme, type Theme, themeOf } from './base/theme';
import { followVisibility } from './base/visibility';
import { Painter } from './chart/invalidation';
import { Monitor } from './model/monitor';
import { View } from './model/view';
import { App } from './views/app';
import { AppProvider } from './views/context';
import styles from './views/styles';
import { createClient } from './wire/client';
import { WorkerFeed, type WorkerPort } from './wire/feed';

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
  const model = new Monitor(client, feed, new View(window.parent), () => Date.now() / 1000);
  monitor = model;
  const painter = new Painter((callback) => requestAnimationFrame(callback));
  followVisibility(window, (shown) => model.show(shown));
  document.documentElement.lang = 'en';
  document.title = 'TrainMon';
  renderInto(h(AppProvider, { value: { monitor: model, painter, theme } }, h(App, null)), document.body);
}

/** Relative to the frame's base, as every URL of ours. */
const WORKER = 'live_worker.js';

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
  const url = new URL(WORKER, document.baseURI).href;
  const { connect } = await import(/* @vite-ignore */ url);
  const { port1, port2 } = new MessageChannel();
  connect(port1);
  return port2 as WorkerPort;
}

/** The host never loads a module's style sheet, and its policy forbids inline scripts: the module brings its own. */
function adoptStyles(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
