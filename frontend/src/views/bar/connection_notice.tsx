/** Quiet lines below the bar: that the server does not answer, and what happened while nobody looked. */

import { formatClock, formatDuration } from '../../base/times';
import { useApp } from '../context';

export function ConnectionNotice() {
  const { monitor } = useApp();
  const trouble = monitor.connection.trouble.value;
  // Where nothing is shown yet, that is said in its place.
  const isShown = monitor.tasks.list.value ?? monitor.told.value;
  return (
    <div role="status">
      {trouble && isShown && (
        <div class="notice">
          <p>
            {trouble.failure.sentence} What you see is from {formatClock(trouble.since)}; TrainMon keeps
            trying.
          </p>
          <button type="button" class="button" onClick={() => monitor.retry()}>
            Try now
          </button>
        </div>
      )}
    </div>
  );
}

/** What the reader missed while the tab was hidden. */
export function MeanwhileNotice() {
  const { absence } = useApp().monitor;
  const meanwhile = absence.meanwhile.value;
  return (
    <div role="status">
      {meanwhile && (
        <div class="notice meanwhile">
          <p>
            In the {formatDuration(meanwhile.seconds)} that you were away: <b>{meanwhile.text}</b>
          </p>
          <button type="button" class="button is-quiet" onClick={() => absence.dismiss()}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
