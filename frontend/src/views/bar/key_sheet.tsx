/** The keys of the page, and the way to the sheet that lists them. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isShown } from '../../base/visibility';
import { useApp, useKey } from '../context';
import { KeyList } from './later_popups';

export function KeySheet() {
  const { keys, life } = useApp();
  const isOpen = useSignal(false);
  const open = () => {
    isOpen.value = true;
  };
  useKey('?', 'Show this sheet', open, 'Page');
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isShown(window) && keys.handle(event)) window.focus();
    };
    // After a click on its tabs, TensorBoard's page has the focus; who sees our tab means it all the same.
    const pages = new Set([document, window.parent.document]);
    for (const page of pages) page.addEventListener('keydown', listen, { signal: life });
    return () => pages.forEach((page) => void page.removeEventListener('keydown', listen));
  }, [keys, life]);
  return (
    <>
      <button type="button" class="button is-quiet" aria-haspopup="dialog" aria-label="Keys" onClick={open}>
        ?
      </button>
      {isOpen.value && (
        <KeyList
          onClose={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}
