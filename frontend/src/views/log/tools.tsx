/** Which rows of the log are shown: by words, by type; and the way back where none is. */

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { debounce } from '../../base/debounce';
import { formatCount } from '../../base/numbers';
import type { Log } from '../../model/log/log_rows';
import { LOG_TYPES, LONGEST_SEARCH } from '../../model/view/view_values';
import type { LogType } from '../../wire/messages';
import { useApp } from '../context';
import { Blank } from '../elements/blank';

const SEARCH_AFTER_MS = 200;

export function Search() {
  const { view } = useApp().monitor;
  const field = useRef<HTMLInputElement>(null);
  const { logSearch } = view.values.value;
  const set = useMemo(
    () => debounce(SEARCH_AFTER_MS, (text: string) => view.set({ logSearch: text.trim() })),
    [view],
  );
  useEffect(() => {
    // The URL has led elsewhere; what is being typed is not to be touched.
    if (field.current && field.current.value.trim() !== logSearch && document.activeElement !== field.current)
      field.current.value = logSearch;
  }, [logSearch]);
  return (
    <input
      ref={field}
      type="search"
      class="field log-search"
      placeholder="Search: eval, #2, 1,240, nan …"
      aria-label="Search the training log"
      maxLength={LONGEST_SEARCH}
      defaultValue={logSearch}
      onInput={(event) => set(event.currentTarget.value)}
    />
  );
}

/** Which filter leaves nothing, and the way out. */
export function Nothing({ log }: { readonly log: Log }) {
  const { view } = useApp().monitor;
  const { types, logSearch } = view.values.value;
  if (types.length === 0 && logSearch === '')
    return <Blank>Nothing has happened yet. The first row appears when training starts.</Blank>;
  const others = Object.values(log.counts).reduce((sum, count) => sum + count, 0);
  return (
    <Blank>
      <p>
        {logSearch && others === 0
          ? `No row holds “${logSearch}”.`
          : `No ${types.join(' or ')} rows${logSearch && ` hold “${logSearch}”`}.`}
      </p>
      <button type="button" class="button" onClick={() => view.set({ types: [], logSearch: '' })}>
        Show all rows
      </button>
    </Blank>
  );
}

export function TypeFilter({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const { view } = useApp().monitor;
  const types = view.values.value.types;
  const toggle = (type: LogType) => {
    const chosen = types.includes(type) ? types.filter((other) => other !== type) : [...types, type];
    view.set({ types: LOG_TYPES.filter((one) => chosen.includes(one)) });
  };
  return (
    <div class="types" role="group" aria-label="Types of rows to show">
      <button
        type="button"
        class="chip"
        aria-pressed={types.length === 0}
        onClick={() => view.set({ types: [] })}
      >
        all
      </button>
      {LOG_TYPES.map((type) => (
        <button
          key={type}
          type="button"
          class="chip"
          aria-pressed={types.includes(type)}
          onClick={() => toggle(type)}
        >
          <i class={`dot type-${type}`} aria-hidden="true" />
          {type} <span class="chip-count">{formatCount(counts[type] ?? 0)}</span>
        </button>
      ))}
    </div>
  );
}
