/** The part of TensorBoard's URL hash that is ours: `#trainmon&p.trainmon.task=char-lm&p.trainmon.ema=0.6`. */

const PREFIX = 'p.trainmon.';

export type HashValues = Readonly<Record<string, string>>;

export function readHash(hash: string): HashValues {
  const values: Record<string, string> = {};
  for (const part of partsOf(hash).filter(isOurs)) {
    const [key = '', value = ''] = splitAtFirst(part.slice(PREFIX.length));
    values[key] = decodeText(value);
  }
  return values;
}

/** The hash with our values put in; everything that belongs to TensorBoard or to another plugin is kept. */
export function writeHash(hash: string, values: HashValues): string {
  const ours = Object.entries(values).map(([key, value]) => `${PREFIX}${key}=${encodeURIComponent(value)}`);
  const parts = [...partsOf(hash).filter((part) => !isOurs(part)), ...ours];
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

function partsOf(hash: string): string[] {
  return hash
    .replace(/^#/, '')
    .split('&')
    .filter((part) => part !== '');
}

function isOurs(part: string): boolean {
  return part.startsWith(PREFIX);
}

function splitAtFirst(part: string): [string, string] {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}

/** A hash typed by hand may hold a lone `%`: then the text is meant as it stands. */
export function decodeText(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Names hold any character, so each is encoded before they are joined. */
export function listText(items: readonly string[]): string {
  return items.map(encodeURIComponent).join(',');
}

export function listFrom(text: string | undefined): string[] {
  return (text ?? '').split(',').filter(Boolean).map(decodeText);
}
