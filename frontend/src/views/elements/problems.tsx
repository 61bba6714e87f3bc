/** What could not be read, in sentences: there for who looks, in nobody's way. */

import { plural } from '../../base/numbers';
import { visible, visibleText } from '../../base/visible';
import type { Problem } from '../../wire/messages';

export function Problems({
  problems,
  open,
}: {
  readonly problems: readonly Problem[];
  readonly open?: boolean;
}) {
  if (problems.length === 0) return null;
  return (
    <details class="card problems" open={open}>
      <summary>{plural(problems.length, 'problem')} while reading; everything else is shown</summary>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.code} ${problem.where} ${problem.message}`}>
            {visibleText(problem.message)} {problem.where && <code>{visible(problem.where)}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}
