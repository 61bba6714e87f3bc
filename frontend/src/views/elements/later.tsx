/** Parts of the tab whose code comes when it is first wanted: what is not in the first screen is no part of the first load. */

import { type Signal, signal } from '@preact/signals';
import type { ComponentType, FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { adoptStyles } from '../../base/style_sheet';

/** A component that can be drawn at once, whether its code is here or not. */
export interface Later<Props> extends FunctionComponent<Props> {
  /** Begins to fetch the code, before it is drawn; a failure is told where it is drawn. */
  readonly need: () => Promise<void>;
}

/** A file of code that is fetched when it is needed, and brings the style sheet of what is in it. */
interface Code {
  readonly styles: string;
}

type State<Loaded> = 'coming' | 'failed' | Loaded;

/** The parts of one file; `Waiting` is drawn in their places until it is here. After a failure it is asked for again. */
export function laterParts<Loaded extends Code>(
  fetchCode: () => Promise<Loaded>,
  Waiting: FunctionComponent = Coming,
): <Props extends object>(part: (code: Loaded) => ComponentType<Props>) => Later<Props> {
  const state: Signal<State<Loaded>> = signal('coming');
  let fetching: Promise<void> | undefined;
  const need = () => {
    fetching ??= fetchCode().then(
      (code) => {
        adoptStyles(code.styles);
        state.value = code;
      },
      (error: unknown) => {
        console.warn('TrainMon: a part of the tab was not loaded.', error);
        fetching = undefined;
        state.value = 'failed';
      },
    );
    return fetching;
  };
  return <Props extends object>(part: (code: Loaded) => ComponentType<Props>) => {
    const Drawn = (props: Props) => {
      useEffect(() => void need(), []);
      const code = state.value;
      if (code === 'coming') return <Waiting />;
      if (code === 'failed') return <NotLoaded again={need} />;
      const Part = part(code);
      return <Part {...props} />;
    };
    return Object.assign(Drawn, { need });
  };
}

/** The page rests by then. */
const AHEAD_MS = 2500;

/** Fetches what a click may want before it does: then it is there at once, also where the server is not. */
export function useFetchedAhead(parts: readonly Pick<Later<object>, 'need'>[]): void {
  useEffect(() => {
    const timer = setTimeout(() => parts.forEach((part) => void part.need()), AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
}

function Coming() {
  return (
    <p class="hint coming" role="status">
      loading…
    </p>
  );
}

/** The server is away; or it is another one, which has this part under another name: then the frame itself is loaded anew. */
function NotLoaded({ again }: { readonly again: () => Promise<void> }) {
  return (
    <div class="card not-loaded" role="alert">
      <p>
        <b>This part of TrainMon could not be loaded.</b> TensorBoard does not answer, or it was started again
        with another version of TrainMon.
      </p>
      <p class="state-ways">
        <button
          type="button"
          class="button"
          onClick={(event) => {
            // A menu around it would close.
            event.stopPropagation();
            void again();
          }}
        >
          Try again
        </button>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load the tab anew
        </button>
      </p>
    </div>
  );
}
