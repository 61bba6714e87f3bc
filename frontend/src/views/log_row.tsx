/** One row of the log: when, what type, which step of which attempt, and what was said or measured. */

import { formatCount } from '../base/numbers';
import { formatDateTime } from '../base/times';
import type { LogRow } from '../wire/messages';

interface RowProps {
  readonly row: LogRow;
  readonly index: number;
  readonly height: number;
}

export function Row({ row, index, height }: RowProps) {
  const metrics = Object.entries(row.metrics).map(([name, value]) => [name, metricText(value)] as const);
  const message = repeatsMetrics(row) ? '' : row.message;
  const at = row.wall_time === null ? '–' : formatDateTime(row.wall_time);
  const text = [message, ...metrics.map((metric) => metric.join(' '))].filter(Boolean).join(', ');
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: a row is read, not operated; the box around it scrolls by keyboard.
    <div class="log-row" role="row" aria-rowindex={index + 1} style={{ height: `${height}px` }}>
      <time role="cell" title={at}>
        {at.slice(-8)}
      </time>
      <span role="cell" class="log-type">
        <span class={`tag type-${row.type}`}>{row.type}</span>
      </span>
      <span role="cell" class="log-step">
        {row.step === null ? '' : formatCount(row.step)}
      </span>
      <span role="cell" class="log-attempt" title={`Attempt ${row.attempt}`}>
        #{row.attempt}
      </span>
      <span role="cell" class="log-text" title={text}>
        {message}
        {metrics.map(([name, value]) => (
          <span key={name} class="log-metric">
            <span>{name}</span> {value}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Writers put the metrics of a step into its message too, for those who read the table: here they would stand twice. */
function repeatsMetrics(row: LogRow): boolean {
  return Object.keys(row.metrics).some((name) => row.message.startsWith(`${name} `));
}

function metricText(value: number | string | null): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(5))) : String(value ?? '–');
}
