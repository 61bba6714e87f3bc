/** All attempts as one bar, as long as their steps: how each ended, by colour, pattern and shape. Each zooms the charts to itself. */

import type { Attempt } from '../../wire/messages';
import { useApp } from '../context';
import { StatusShape } from '../elements/status_tag';
import { stepsText } from './card';
import { rangeOfAttempt } from './range';

export function AttemptsBar({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <div class="attempts-bar" role="group" aria-label="Attempts by their steps, earliest first">
      {attempts.map((attempt) => (
        <Part key={attempt.attempt} attempt={attempt} />
      ))}
    </div>
  );
}

function Part({ attempt }: { readonly attempt: Attempt }) {
  const { view } = useApp().monitor;
  const { range, axis } = view.values.value;
  const mine = rangeOfAttempt(attempt, axis);
  const isShown = mine !== null && range?.min === mine.min && range.max === mine.max;
  const name = `Attempt ${attempt.attempt}, ${attempt.status}, ${stepsText(attempt)}`;
  const act = isShown ? 'Show all attempts in the charts' : 'Show it alone in the charts';
  return (
    <button
      type="button"
      class={`attempts-part status-${attempt.status}`}
      style={{ flexGrow: Math.max(attempt.x_end - attempt.x_start, 0) }}
      aria-label={`${name}. ${mine === null ? '' : act}`}
      title={name}
      aria-pressed={isShown}
      disabled={mine === null}
      onClick={() => view.set({ range: isShown ? null : mine })}
    >
      <StatusShape status={attempt.status} />
      <span>#{attempt.attempt}</span>
    </button>
  );
}
