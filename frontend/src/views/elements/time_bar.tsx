/** Where the time went: each second once, as a bar and in words. */

import { formatPercent } from '../../base/numbers';
import { formatDuration } from '../../base/times';
import type { TimeSpent } from '../../wire/messages';
import { goodput, partsOf, toldInWords } from './time_parts';

export function TimeBar({ time }: { readonly time: TimeSpent }) {
  const parts = partsOf(time);
  const share = goodput(time);
  if (share === null) return null;
  return (
    <div class="time">
      <p class="time-line">
        <span>Where the time went</span>
        <span class="fine">{formatPercent(share)} made new steps</span>
      </p>
      <div class="time-bar" aria-hidden="true">
        {parts.map(({ name, seconds, className }) => (
          // Shares that add up to less than one would leave room: of a training of milliseconds too.
          <span key={name} class={className} style={{ flexGrow: 1000 * seconds }} />
        ))}
      </div>
      <ul class="time-parts">
        {parts.filter(toldInWords).map(({ name, seconds, className }) => (
          <li key={name}>
            <i class={className} aria-hidden="true" /> {name} <b>{formatDuration(seconds)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
