/** The attempts: all of them as a bar, the latest in full, the earlier ones folded. */

import { plural } from '../../base/numbers';
import type { Task } from '../../wire/messages';
import { AttemptsBar } from './bar';
import { AttemptCard } from './card';

/** Attempts that are shown in full; on a narrow screen the charts are not to be pushed out of sight. */
const LATEST = 4;
const LATEST_NARROW = 1;
const NARROW = 560;

export function AttemptsStrip({ task }: { readonly task: Task }) {
  const { attempts } = task;
  if (attempts.length === 0 || (attempts.length === 1 && attempts[0]?.config === null)) return null;
  const latestFirst = [...attempts].reverse();
  const latest = innerWidth < NARROW ? LATEST_NARROW : LATEST;
  const earlier = attempts.length > latest + 1 ? latestFirst.slice(latest) : [];
  return (
    <section aria-labelledby="attempts-heading">
      <h2 id="attempts-heading">
        {attempts.length === 1 ? 'Attempt' : `${attempts.length} attempts, latest first`}
      </h2>
      {attempts.length > 1 && <AttemptsBar attempts={attempts} />}
      <Cards task={task} attempts={latestFirst.slice(0, attempts.length - earlier.length)} />
      {earlier.length > 0 && (
        <details class="earlier">
          <summary>{plural(earlier.length, 'earlier attempt')}</summary>
          <Cards task={task} attempts={earlier} />
        </details>
      )}
    </section>
  );
}

function Cards({ task, attempts }: { readonly task: Task } & Pick<Task, 'attempts'>) {
  const times = task.attempts.length > 1 ? task.time_of_attempts : undefined;
  return (
    <ol class="attempts">
      {attempts.map((attempt) => (
        <AttemptCard
          key={attempt.attempt}
          attempt={attempt}
          time={times?.find((time) => time.attempt === attempt.attempt)}
        />
      ))}
    </ol>
  );
}
