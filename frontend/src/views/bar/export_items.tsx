/** What can be carried away: the task's points as a file, this view as a link. */

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { copyText } from '../../base/clipboard';
import { download } from '../../base/download';
import { useApp } from '../context';

const FORMATS = [
  ['csv', 'CSV', 'for spreadsheets and everything else'],
  ['parquet', 'Parquet', 'for pandas, Polars, DuckDB'],
] as const;

export interface ExportItemsProps {
  /** The task's. */
  readonly id: string;
  readonly close: () => void;
}

export function ExportItems({ id, close }: ExportItemsProps) {
  const { monitor } = useApp();
  const word = useSignal('');
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const take = async (format: string) => {
    word.value = '';
    const answer = await monitor.exported(id, format);
    if (!answer.ok) word.value = answer.failure.sentence;
    else {
      download(answer.value); // by a link: the browser shows the progress of what may be gigabytes
      close();
    }
  };
  return (
    <>
      <p class="fine">Every point of every attempt, as it was logged:</p>
      {FORMATS.map(([format, name, use], at) => (
        <button
          key={format}
          ref={at === 0 ? first : null}
          type="button"
          class="menu-item"
          onClick={() => void take(format)}
        >
          <b>{name}</b> <span class="fine">{use}</span>
        </button>
      ))}
      <LinkItem id={id} word={word} />
      <p role="status">{word.value}</p>
    </>
  );
}

/** Where the browser keeps its clipboard from us, the link is there to be copied by hand. */
function LinkItem({ id, word }: { readonly id: string; readonly word: Signal<string> }) {
  const { view } = useApp().monitor;
  const link = useRef<HTMLInputElement>(null);
  const isByHand = useSignal(false);
  const copy = async () => {
    isByHand.value = !(await copyText(view.hrefOf(id)));
    word.value = isByHand.value
      ? 'The browser keeps its clipboard from this page: copy it from here.'
      : 'The link is in the clipboard.';
    link.current?.select();
  };
  return (
    <>
      <button type="button" class="menu-item" onClick={() => void copy()}>
        <b>Copy link</b> <span class="fine">to exactly this view</span>
      </button>
      {isByHand.value && (
        <input
          ref={link}
          class="field"
          readOnly
          aria-label="Link to this view"
          value={view.hrefOf(id)}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </>
  );
}
