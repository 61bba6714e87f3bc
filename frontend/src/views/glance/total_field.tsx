/** A total that the reader knows and the logs do not tell. It is kept in the page's address, nowhere else. */

import { useRef } from 'preact/hooks';
import { useApp } from '../context';

export function TotalField({ isKnown }: { readonly isKnown: boolean }) {
  const { view } = useApp().monitor;
  const typed = view.values.value.total;
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const total = Math.round(Number(field.current?.value));
    view.set({ total: total >= 1 && total <= 1e15 ? total : null });
  };
  return (
    <form class="total-form" onSubmit={submit}>
      <label for="total-steps">{isKnown ? 'Your total' : 'The logs name no total. Steps in all:'}</label>
      <input
        id="total-steps"
        ref={field}
        class="field"
        type="number"
        min="1"
        max="1e15"
        step="1"
        inputMode="numeric"
        defaultValue={typed === null ? '' : String(typed)}
      />
      <button type="submit" class="button">
        Set
      </button>
      {typed !== null && (
        <button type="button" class="button is-quiet" onClick={() => view.set({ total: null })}>
          Forget
        </button>
      )}
    </form>
  );
}
