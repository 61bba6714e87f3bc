/** One row of the log: when, what type, which step of which attempt, and what was said or measured. */

import { Fragment } from 'preact';
import { formatCount } from '../../base/numbers';
import { formatDateTime } from '../../base/times';
import { named, visibleText } from '../../base/visible';
import { shownValue } from '../../model/log/row_text';
import type { Insight, LogRow } from '../../wire/messages';

export interface RowState {
  readonly isActive: boolean;
  readonly isSelected: boolean;
  /** Next to what is pointed at in a chart. */
  readonly isNear: boolean;
  /** Those that begin here. */
  readonly insights: readonly Insight[];
}

interface RowProps extends RowState {
  /** Undefined while it is on its way. */
  readonly row: LogRow | undefined;
  readonly index: number;
  readonly number: number;
  readonly height: number;
  /** Leads to an insight's card. */
  readonly onInsight: (insight: Insight) => void;
}

export function Row({ row, index, number, height, isActive, isSelected, isNear, ...marks }: RowProps) {
  const state = `${isActive ? ' is-active' : ''}${isSelected ? ' is-selected' : ''}${isNear ? ' is-near' : ''}`;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid around it has the focus and names its active row.
    <div
      class={`log-row${state}`}
      role="row"
      id={isActive ? rowId(number) : undefined}
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      aria-busy={row === undefined}
      style={{ height: `${height}px` }}
    >
      {row && <Cells row={row} isNear={isNear} {...marks} />}
    </div>
  );
}

export function rowId(number: number): string {
  return `log-row-${number}`;
}

type CellsProps = Pick<RowProps, 'isNear' | 'insights' | 'onInsight'> & { readonly row: LogRow };

function Cells({ row, isNear, insights, onInsight }: CellsProps) {
  const at = timeText(row);
  return (
    <>
      <time role="cell" title={at}>
        {at.slice(-8)}
      </time>
      <span role="cell">
        <TypeTag type={row.type} />
      </span>
      <span role="cell" class="log-step">
        {row.step === null ? null : formatCount(row.step)}
      </span>
      <span role="cell" class="log-attempt" title={`Attempt ${row.attempt}`}>
        #{row.attempt}
      </span>
      <span role="cell" class="log-text">
        {insights.map((insight) => (
          <button
            key={insight.id}
            type="button"
            // The grid has the keys: Enter shows the whole row, with the way to its insights.
            tabIndex={-1}
            class={`log-insight is-${insight.severity}`}
            title={insight.title}
            aria-label={`Insight: ${insight.title}`}
            onClick={(event) => {
              event.stopPropagation();
              onInsight(insight);
            }}
          >
            ◆
          </button>
        ))}
        {isNear && <span class="visually-hidden">nearest to what the chart is pointed at: </span>}
        {messageInLine(row) || null}
        <Metrics row={row} />
      </span>
    </>
  );
}

/** With a gap behind it, or the name of the first metric would go on with its last word. */
export function messageInLine(row: Pick<LogRow, 'metrics' | 'message'>): string {
  return !row.message || repeatsMetrics(row) ? '' : `${visibleText(row.message)}\u2003`;
}

/** As many as may be seen of a line: a training may log hundreds at each step. All of them are told where the row is opened. */
function Metrics({ row }: Pick<CellsProps, 'row'>) {
  const { shown, more } = metricsInLine(row);
  return (
    <>
      {shown.map(([name, value]) => (
        <Fragment key={name}>
          <i>{named(name)}</i> {value}
        </Fragment>
      ))}
      {more > 0 && `… and ${more} more`}
    </>
  );
}

/** Characters: more than fit on the widest screen. */
const LINE = 200;

/** The names and values that begin within a line, and how many are left. */
export function metricsInLine({ metrics }: Pick<LogRow, 'metrics'>) {
  const shown: (readonly [name: string, value: string])[] = [];
  const names = Object.keys(metrics);
  for (let room = LINE; room > 0 && shown.length < names.length; ) {
    const name = names[shown.length] as string;
    const value = shownValue(metrics[name] ?? null);
    shown.push([name, value]);
    room -= name.length + value.length + 2;
  }
  return { shown, more: names.length - shown.length };
}

export function TypeTag({ type }: Pick<LogRow, 'type'>) {
  return <span class={`tag type-${type}`}>{type}</span>;
}

export function timeText(row: LogRow): string {
  return row.wall_time === null ? '–' : formatDateTime(row.wall_time);
}

/** Writers put the metrics of a step into its message too, for those who read the table: here they would stand twice. */
export function repeatsMetrics(row: Pick<LogRow, 'metrics' | 'message'>): boolean {
  return Object.keys(row.metrics).some((name) => row.message.startsWith(`${name} `));
}

/** What is copied of a row: columns for a table, with every digit of its numbers. */
export function copiedText(row: LogRow): string {
  const metrics = Object.entries(row.metrics).map(([name, value]) => `${name}=${value}`);
  const message = repeatsMetrics(row) ? '' : row.message.replaceAll(/\s+/g, ' ');
  const cells = [timeText(row), row.type, `#${row.attempt}`, row.step ?? '', message, metrics.join(' ')];
  return cells.join('\t');
}
