/** Where the browser keeps things for this site. */

/** What outlives the page. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

/** Null in a browser that keeps no site's data. */
export function shelf(): Shelf | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
