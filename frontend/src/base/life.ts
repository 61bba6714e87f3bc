/**
 * How long our page lives. TensorBoard's page, around it, lives longer: what a frame that is loaded anew leaves there, a listener, an
 * observer, a mark in the title, nobody takes away again.
 */

/** Aborts when the page goes for good; one that the browser only puts aside, for "back", may go on. */
export function lifeOf(page: Pick<Window, 'addEventListener'>): AbortSignal {
  const life = new AbortController();
  page.addEventListener('pagehide', ({ persisted }) => persisted || life.abort());
  return life.signal;
}
