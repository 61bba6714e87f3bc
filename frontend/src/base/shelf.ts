/** Where the browser keeps things for this site. */

/** Null in a browser that keeps no site's data. */
export function shelf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
