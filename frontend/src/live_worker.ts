/** The worker that holds the connections of all tabs; in a browser without shared workers, a module of the page itself. */

import { Hub, type TabPort } from './worker/hub';

const hub = new Hub((url, init) => fetch(url, init));

export function connect(port: MessagePort): void {
  hub.connect(port as TabPort);
}

// In a page this is nobody's event.
(self as { onconnect?: ((event: MessageEvent) => void) | null }).onconnect = (event) => {
  for (const port of event.ports) connect(port);
};
