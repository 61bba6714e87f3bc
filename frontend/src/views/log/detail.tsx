/** A row of the log with all that it says: a long message in its lines, every metric with every digit. */

import { formatCount } from '../../base/numbers';
import { visible, visibleText } from '../../base/visible';
import type { Insight, LogRow } from '../../wire/messages';
import { repeatsMetrics, TypeTag, timeText } from './row';

interface DetailProps {
  readonly row: LogRow;
  /** Those that begin here. */
  readonly insights: readonly Insight[];
  readonly onInsight: (insight: Insight) => void;
  readonly onCopy: () => void;
  readonly onClose: () => void;
}

export function LogDetail({ row, insights, onInsight, onCopy, onClose }: DetailProps) {
  const metrics = Object.entries(row.metrics);
  return (
    <section class="log-detail" id="log-detail" aria-label="The whole row">
      <p class="log-detail-head">
        <TypeTag type={row.type} />
        {row.step !== null && <span>step {formatCount(row.step)}</span>}
        <span>attempt {row.attempt}</span>
        <time>{timeText(row)}</time>
        <button type="button" class="link" onClick={onCopy}>
          Copy row
        </button>
        <button type="button" class="link" onClick={onClose}>
          Close
        </button>
      </p>
      {insights.map((insight) => (
        <p key={insight.id}>
          <button type="button" class="link" onClick={() => onInsight(insight)}>
            <span class={`log-insight is-${insight.severity}`} aria-hidden="true">
              ◆
            </span>{' '}
            {insight.title}
          </button>
        </p>
      ))}
      {row.message && !repeatsMetrics(row) && <p class="log-message">{visibleText(row.message)}</p>}
      {metrics.length > 0 && (
        <dl class="pairs">
          {metrics.map(([name, value]) => (
            <div key={name}>
              <dt>{visible(name)}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {metrics.length === 0 && !row.message && <p class="fine">Nothing more is written in this row.</p>}
    </section>
  );
}
