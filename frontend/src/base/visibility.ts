/**
 * Whether anybody can see the tab. TensorBoard hides the iframe of a tab that is not chosen and keeps it alive:
 * `visibilityState` stays "visible", and only the frame's own visibility and its `resize` to nothing tell.
 */

export function isShown(window: Window): boolean {
  if (window.document.visibilityState === 'hidden') return false;
  const frame = window.frameElement;
  if (frame === null) return true;
  return frame.checkVisibility?.({ visibilityProperty: true }) ?? window.innerHeight > 0;
}

/** Calls back now and on each change. The slow beat finds a hiding that changed no size, such as `visibility: hidden`. */
export function followVisibility(window: Window, onShown: (shown: boolean) => void): void {
  let last = isShown(window);
  const look = () => {
    const now = isShown(window);
    if (now === last) return;
    last = now;
    onShown(now);
  };
  window.addEventListener('resize', look);
  window.document.addEventListener('visibilitychange', look);
  window.setInterval(look, 1000);
  onShown(last);
}
