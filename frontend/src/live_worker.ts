/** A shared worker, which holds the connections of all tabs. In a browser without shared workers the page itself takes this file in. */

import { Hub, type TabPort } from './worker/hub';

/** Made for the first tab: a page that has a shared worker needs none of its own. */
let hub: Hub | undefined;

export function connect(port: MessagePort): void {
  hub ??= new Hub((url, init) => fetch(url, init));
  hub.connect(port as TabPort);
}

// In a page this is nobody's event.
(self as { onconnect?: ((event: MessageEvent) => void) | null }).onconnect = (event) => {
  for (const port of event.ports) connect(port);
};
