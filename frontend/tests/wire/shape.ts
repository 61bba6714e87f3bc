/** Decoders: each checks one shape and names the place where a message departs from it. */

export type Decoder<T> = (value: unknown, path: string) => T;

export class ShapeError extends Error {
  constructor(path: string, expected: string, found: unknown) {
    super(`${path || 'the answer'} should be ${expected}, but is ${describe(found)}`);
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value)?.slice(0, 40) ?? typeof value;
}

export const string: Decoder<string> = typed('string', 'a string');
export const number: Decoder<number> = typed('number', 'a number');
export const boolean: Decoder<boolean> = typed('boolean', 'true or false');

function typed<T>(type: string, expected: string): Decoder<T> {
  return (value, path) => {
    if (typeof value !== type) throw new ShapeError(path, expected, value);
    return value as T;
  };
}

/** A value that is taken as it comes, for parts that only get shown. */
export const anything: Decoder<unknown> = (value) => value;

export function nullable<T>(decoder: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null ? null : decoder(value, path));
}

/** A key that the server leaves out where it has nothing to say. */
export function optional<T>(decoder: Decoder<T>, fallback: T): Decoder<T> {
  return (value, path) => (value === undefined ? fallback : decoder(value, path));
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Decoder<T> {
  return (value, path) => {
    if (!allowed.includes(value as T)) throw new ShapeError(path, `one of ${allowed.join(', ')}`, value);
    return value as T;
  };
}

export function list<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => array(value, path).map((item, index) => decoder(item, `${path}[${index}]`));
}

export const numbers: Decoder<readonly number[]> = column(
  (item): item is number => typeof item === 'number',
  'a number',
);
export const numbersOrNull: Decoder<readonly (number | null)[]> = column(
  (item): item is number | null => item === null || typeof item === 'number',
  'a number or null',
);

/** Thousands of numbers are checked in place and not copied. */
function column<T>(isRight: (item: unknown) => item is T, expected: string): Decoder<readonly T[]> {
  return (value, path) => {
    const found = array(value, path);
    const wrong = found.findIndex((item) => !isRight(item));
    if (wrong >= 0) throw new ShapeError(`${path}[${wrong}]`, expected, found[wrong]);
    return found as readonly T[];
  };
}

export function record<T>(decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(members(value, path));
    return Object.fromEntries(entries.map(([key, item]) => [key, decoder(item, `${path}.${key}`)]));
  };
}

export function pair<A, B>(first: Decoder<A>, second: Decoder<B>): Decoder<readonly [A, B]> {
  return (value, path) => {
    const found = array(value, path);
    if (found.length !== 2) throw new ShapeError(path, 'a pair', value);
    return [first(found[0], `${path}[0]`), second(found[1], `${path}[1]`)];
  };
}

/** An object with these keys. Other keys are let through the door unread: the server may add some. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Decoder<T[K]> }): Decoder<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value, path) => {
    const found = members(value, path);
    const prefix = path ? `${path}.` : '';
    const decoded: Partial<T> = {};
    // A plain loop: a list may have 20,000 of these, and pairs that are made into an object cost three times as much.
    for (const name of names) decoded[name] = fields[name](found[name], prefix + name);
    return decoded as T;
  };
}

/** A union told apart by its `type`. */
export function variants<T>(decoders: Readonly<Record<string, Decoder<T>>>): Decoder<T> {
  return (value, path) => {
    const type = string(members(value, path).type, `${path}.type`);
    const decoder = Object.hasOwn(decoders, type) ? decoders[type] : undefined;
    if (decoder === undefined)
      throw new ShapeError(`${path}.type`, `one of ${Object.keys(decoders).join(', ')}`, type);
    return decoder(value, path);
  };
}

function array(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ShapeError(path, 'a list', value);
  return value;
}

function members(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ShapeError(path, 'an object', value);
  }
  return value as Readonly<Record<string, unknown>>;
}
