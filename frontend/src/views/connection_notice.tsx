/** A quiet line while the server does not answer: what is on the page stays, and says from when it is. */

import { formatClock } from '../base/times';
import { useApp } from './context';

export function ConnectionNotice() {
  const { monitor } = useApp();
  const trouble = monitor.connection.trouble.value;
  return (
    <div role="status">
      {trouble && (
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
