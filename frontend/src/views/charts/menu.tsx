/** What can be done with one chart: made large, moved, given another axis, saved, read as a table. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { View } from '../../model/view/view';
import { useApp } from '../context';
import { Icon } from '../elements/icon';
import type { ChartMenuProps } from './handle';
import { ChartMenuItems } from './later_popups';

export function ChartActions(props: ChartMenuProps) {
  const { view } = useApp().monitor;
  const { title, chart, metric } = props;
  const isLarge = view.values.value.large === chart;
  return (
    <span class="chart-actions">
      {metric !== null && (
        <button
          type="button"
          class="icon"
          aria-pressed={isLarge}
          aria-label={`${title}: full width`}
          title={isLarge ? 'Back to its usual size (Esc)' : 'Full width'}
          onClick={() => view.set({ large: isLarge ? null : chart })}
        >
          <Icon path={isLarge ? 'M2 7h5V2M14 9H9v5' : 'M9 2h5v5M7 14H2V9'} />
        </button>
      )}
      <ChartMenu {...props} />
    </span>
  );
}

/** Esc gives the usual size back, where it is not the way out of a zoom or a menu first. */
export function useEscape(view: View): void {
  useEffect(() => {
    const onKey = ({ key, target }: KeyboardEvent) => {
      const { large, range } = view.values.peek();
      if (key !== 'Escape' || large === null || range !== null) return;
      const inMenu = target instanceof Element && target.closest('.menu[open]') !== null;
      const inChart = target instanceof Element && target.closest('.is-large') !== null;
      if (!inMenu && (inChart || target === document.body)) view.set({ large: null });
    };
    // Before the chart itself hears it and resets its zoom.
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, [view]);
}

function ChartMenu(props: ChartMenuProps) {
  const box = useRef<HTMLDetailsElement>(null);
  const isOpen = useSignal(false);
  useClosing(box);
  const close = () => {
    box.current?.removeAttribute('open');
    // A chart that is moved on the page loses the focus on the way.
    requestAnimationFrame(() => box.current?.querySelector('summary')?.focus());
  };
  return (
    <details class="menu" ref={box} onToggle={() => (isOpen.value = box.current?.open === true)}>
      <summary class="icon" aria-label={`${props.title}: more`} title="More">
        <Icon path="M2.7 7.7h.6v.6h-.6zm5 0h.6v.6h-.6zm5 0h.6v.6h-.6z" />
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: it hears the clicks of the buttons in it, whichever way they came. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
      <div class="menu-items" onClick={close}>
        {isOpen.value && <ChartMenuItems {...props} />}
      </div>
    </details>
  );
}

/** It closes by itself: on Esc, and when something else is clicked or has the focus. */
function useClosing(box: { readonly current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const gone = new AbortController();
    const leave = ({ target }: Event) => {
      if (box.current?.open && !box.current.contains(target as Node)) box.current.open = false;
    };
    for (const name of ['pointerdown', 'focusin']) {
      document.addEventListener(name, leave, { signal: gone.signal });
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !box.current?.open) return;
      // The card around it would take the key for its own.
      event.stopPropagation();
      box.current.open = false;
      box.current.querySelector('summary')?.focus();
    };
    box.current?.addEventListener('keydown', onKey, { signal: gone.signal });
    return () => gone.abort();
  }, []);
}
