/** What hands do on a chart: pointing, dragging a range, panning, and back to everything. */

import type { XRange } from './chart_data';
import type { Frame } from './frame';
import { toValue } from './scale';

export interface GestureTarget {
  /** Where the chart lies; null while nothing is drawn. */
  frame(): Frame | null;
  whole(): XRange;
  /** Pointed at, in pixels of the drawing; null when no longer. */
  point(pixel: number | null): void;
  select(ends: readonly [number, number] | null): void;
  zoom(range: XRange | null): void;
}

/** Fewer pixels than this are a click with an unsteady hand. */
const LEAST_DRAG = 6;

interface Drag {
  readonly from: number;
  readonly frame: Frame;
  readonly isPan: boolean;
}

/** Listens on the host until `signal` aborts. */
export function followGestures(host: HTMLElement, target: GestureTarget, signal: AbortSignal): void {
  let drag: Drag | null = null;
  const listen = <K extends keyof HTMLElementEventMap>(
    name: K,
    hear: (event: HTMLElementEventMap[K], frame: Frame) => void,
  ) => {
    const options = { signal, passive: name !== 'wheel' };
    const guarded = (event: HTMLElementEventMap[K]) => {
      const frame = target.frame();
      if (frame !== null) hear(event, frame);
    };
    host.addEventListener(name, guarded as EventListener, options);
  };
  const drop = () => {
    drag = null;
    target.select(null);
  };

  listen('pointerdown', (event, frame) => {
    const at = pixelOf(event, frame);
    // A finger scrolls the page or moves the crosshair.
    if (event.pointerType === 'touch') return target.point(at);
    if (event.button !== 0 || at < frame.left || at > frame.right) return;
    drag = { from: at, frame, isPan: event.shiftKey };
    host.setPointerCapture(event.pointerId);
  });
  listen('pointermove', (event, frame) => {
    const at = pixelOf(event, frame);
    if (drag?.isPan) target.zoom(panned(drag.frame, drag.from - at, target.whole()));
    else if (drag && isFar(drag, at)) target.select([drag.from, within(frame, at)]);
    else target.point(at >= frame.left - frame.unit && at <= frame.right + frame.unit ? at : null);
  });
  listen('pointerup', (event, frame) => {
    const at = within(frame, pixelOf(event, frame));
    if (drag && !drag.isPan && isFar(drag, at)) target.zoom(stretch(drag.frame, drag.from, at));
    drop();
  });
  listen('pointercancel', () => {
    drop();
    target.point(null);
  });
  listen('pointerleave', (event) => {
    // A finger that is lifted leaves the crosshair, to be read; it goes with the focus.
    if (event.pointerType !== 'touch') target.point(null);
  });
  listen('blur', () => target.point(null));
  listen('dblclick', () => target.zoom(null));
  listen('keydown', (event) => {
    if (event.key !== 'Escape') return;
    if (drag) drop();
    else target.zoom(null);
  });
  listen('wheel', (event, frame) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    // Some browsers turn a wheel with Shift sideways, others do not.
    const moved = (event.deltaX || event.deltaY) * (event.deltaMode === 0 ? 1 : 16);
    target.zoom(panned(frame, moved * frame.unit, target.whole()));
  });
}

function pixelOf(event: MouseEvent, frame: Frame): number {
  return event.offsetX * frame.unit;
}

function within(frame: Frame, pixel: number): number {
  return Math.min(frame.right, Math.max(frame.left, pixel));
}

function isFar(drag: Drag, pixel: number): boolean {
  return Math.abs(pixel - drag.from) >= LEAST_DRAG * drag.frame.unit;
}

function stretch({ x }: Frame, from: number, to: number): XRange {
  return { min: toValue(x, Math.min(from, to)), max: toValue(x, Math.max(from, to)) };
}

/** The range so many pixels further, but not beyond what there is. */
export function panned(
  { range, left, right }: Pick<Frame, 'range' | 'left' | 'right'>,
  by: number,
  whole: XRange,
): XRange {
  const { min, max } = range;
  const wanted = (by / (right - left)) * (max - min);
  const moved = Math.max(Math.min(wanted, Math.max(0, whole.max - max)), Math.min(0, whole.min - min));
  return { min: min + moved, max: max + moved };
}
