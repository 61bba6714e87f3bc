/** Carries the task away: its points as a file, this view as a link. */

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { copyText } from '../base/clipboard';
import { download } from '../base/download';
import { useApp } from './context';

const FORMATS = [
  ['csv', 'CSV', 'for spreadsheets and everything else'],
  ['parquet', 'Parquet', 'for pandas, Polars, DuckDB'],
] as const;

export function ExportMenu({ id }: { readonly id: string }) {
  const { monitor } = useApp();
  const word = useSignal('');
  const menu = useRef<HTMLDivElement>(null);
  const link = useRef<HTMLInputElement>(null);
  const isByHand = useSignal(false);
  const take = async (format: string) => {
    word.value = '';
    const answer = await monitor.exported(id, format);
    if (!answer.ok) word.value = answer.failure.sentence;
    else {
      download(answer.value); // by a link: the browser shows the progress of what may be gigabytes
      menu.current?.hidePopover();
    }
  };
  const copy = async () => {
    const url = monitor.view.hrefOf(id);
    isByHand.value = !(await copyText(url));
    word.value = isByHand.value
      ? 'The browser keeps its clipboard from this page: copy it from here.'
      : 'The link is in the clipboard.';
    link.current?.select();
  };
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
        onToggle={() => {
          word.value = '';
          isByHand.value = false;
        }}
      >
        <p class="fine">Every point of every attempt, as it was logged:</p>
        {FORMATS.map(([format, name, use]) => (
          <button key={format} type="button" class="menu-item" onClick={() => void take(format)}>
            <b>{name}</b> <span class="fine">{use}</span>
          </button>
        ))}
        <button type="button" class="menu-item" onClick={() => void copy()}>
          <b>Copy link</b> <span class="fine">to exactly this view</span>
        </button>
        {isByHand.value && (
          <input
            ref={link}
            class="field"
            readOnly
            aria-label="Link to this view"
            value={monitor.view.hrefOf(id)}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
        <p role="status">{word.value}</p>
      </div>
    </>
  );
}

export function Icon({ path }: { readonly path: string }) {
  return (
    <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
