/** The golden messages: what the server's own tests have it answer, so that both ends of the wire read the same files. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../tests/fixtures/wire');

export interface Golden {
  readonly name: string;
  readonly message: unknown;
}

/** Every message of a route: its files are called after it, `guide.json` or `series_nan.json`. */
export function goldenMessages(route: string): readonly Golden[] {
  return readdirSync(FOLDER)
    .filter((name) => new RegExp(`^${route}(_.*)?\\.json$`).test(name))
    .map((name) => ({ name, message: JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) }));
}
