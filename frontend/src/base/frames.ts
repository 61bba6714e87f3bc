/** The browser's frames. */

/** A hidden page paints none. */
const NO_FRAME_MS = 200;

/** Resolves once the next frame is on the screen; at once where there are no frames, as in a worker. */
export function painted(): Promise<void> {
  if (typeof requestAnimationFrame === 'undefined') return Promise.resolve();
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, NO_FRAME_MS);
  });
}
