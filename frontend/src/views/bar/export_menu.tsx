/** Carries the task away: the button, and the popup with what it offers. */

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useKey } from '../context';
import { Icon } from '../elements/icon';
import { ExportItems } from './later_popups';

export function ExportMenu({ id }: { readonly id: string }) {
  const isOpen = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  useKey('w', 'Carry the task away', () => menu.current?.togglePopover(), 'Page');
  return (
    <>
      <button type="button" class="button is-quiet" popovertarget="export-menu">
        <Icon path="M8 2v8m-3-3 3 3 3-3M3 13h10" />
        <span class="button-word">Export</span>
      </button>
      <div
        ref={menu}
        id="export-menu"
        popover
        class="bar-popup"
        role="group"
        aria-label="Carry it away"
        onToggle={(event) => {
          isOpen.value = event.newState === 'open';
        }}
      >
        {isOpen.value && <ExportItems id={id} close={() => menu.current?.hidePopover()} />}
      </div>
    </>
  );
}
