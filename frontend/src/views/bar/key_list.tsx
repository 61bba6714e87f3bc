/** The sheet that lists the keys which do something right now. */

import { useEffect, useRef } from 'preact/hooks';
import { KEY_AREAS, type KeyArea, type KeyBinding } from '../../base/keys';
import { useApp } from '../context';

export function KeyList({ onClose }: { readonly onClose: () => void }) {
  const { bindings } = useApp().keys;
  const dialog = useRef<HTMLDialogElement>(null);
  // The browser gives the focus back to where it was, and closes on Esc.
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="key-sheet" aria-labelledby="keys-heading" onClose={onClose}>
      <div class="section-head">
        <h2 id="keys-heading">Keys</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <div class="key-areas">
        {KEY_AREAS.map((area) => (
          <Area key={area} area={area} bindings={bindings.value.filter((one) => one.area === area)} />
        ))}
      </div>
    </dialog>
  );
}

interface AreaProps {
  readonly area: KeyArea;
  readonly bindings: readonly KeyBinding[];
}

function Area({ area, bindings }: AreaProps) {
  if (bindings.length === 0) return null;
  const keys = new Map<string, Set<string>>();
  for (const { words, key } of bindings) keys.set(words, (keys.get(words) ?? new Set()).add(key));
  // Not as they were bound: which view is there first depends on how fast answers come.
  const sorted = [...keys].sort(([one], [other]) => one.localeCompare(other));
  return (
    <section>
      <h3>{area}</h3>
      <dl>
        {sorted.map(([words, all]) => (
          <div key={words}>
            <dt>
              {[...all].map((key) => (
                <kbd key={key}>{key === 'Escape' ? 'Esc' : key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
