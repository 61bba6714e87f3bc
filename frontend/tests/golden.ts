/** The messages that the tests read: our own by hand, and the server's golden ones once it has written them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const OURS = join(import.meta.dirname, 'messages');
/** Written by the server's tests, so that both ends of the wire read the same files. */
const SERVERS = join(import.meta.dirname, '../../tests/fixtures/wire');

export interface Golden {
  readonly name: string;
  readonly message: unknown;
}

/** Every message of a route: its files are called after it, `series.json` or `series_nan.json`. */
export function goldenMessages(route: string): readonly Golden[] {
  return [OURS, SERVERS].filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => new RegExp(`^${route}([_.-].*)?\\.json$`).test(name))
      .map((name) => ({ name, message: JSON.parse(readFileSync(join(folder, name), 'utf8')) })),
  );
}
