/** The training log: what happened, newest first. */

import { formatCount } from '../base/numbers';
import { LATEST_ROWS, type Log } from '../model/log_store';
import { LOG_TYPES } from '../model/view_values';
import type { LogType } from '../wire/messages';
import { useCalm } from './calm';
import { Blank } from './chart_card';
import { type TaskProps, useApp } from './context';
import { LogRows } from './log_rows';

export function TrainingLog({ open, task }: TaskProps) {
  const log = useCalm(open.logs.log, ROWS_EVERY_MS, isAnotherList);
  const failure = open.logs.failure.value;
  return (
    <section class="card log" aria-labelledby="log-heading">
      <div class="section-head">
        <h2 id="log-heading">Training log</h2>
        {log && <p class="fine">{extentText(log.rows.length, log.total, task.mode === 'live')}</p>}
      </div>
      {log && <TypeFilter counts={log.counts} />}
      {failure && (
        <p class="hint">
          {failure.sentence}{' '}
          <button type="button" class="link" onClick={() => void open.logs.load()}>
            Try again
          </button>
        </p>
      )}
      {log === null && failure === null && (
        <div class="log-scroll skeleton" role="status" aria-label="The log is being read" />
      )}
      {log?.rows.length === 0 && <Blank>{emptyText(log.counts)}</Blank>}
      {log && log.rows.length > 0 && <LogRows open={open} log={log} isLive={task.mode === 'live'} />}
      {log && <p class="fine log-source">{sourceText(log.source)}</p>}
    </section>
  );
}

/** Rows arrive faster than they can be read, and to move a hundred of them is the dearest part of a tick. */
const ROWS_EVERY_MS = 1000;

/** The reader's own doing, by filter or paging, is shown at once. */
function isAnotherList(before: Log | null, now: Log | null): boolean {
  return before === null || now === null || before.rows.at(-1)?.id !== now.rows.at(-1)?.id;
}

function extentText(held: number, total: number, live: boolean): string {
  if (total === 0) return 'no rows';
  if (held >= total) return `all ${formatCount(total)} rows`;
  const latest = live && held <= LATEST_ROWS ? 'latest ' : '';
  return `${latest}${formatCount(held)} of ${formatCount(total)} rows`;
}

function emptyText(counts: Readonly<Record<string, number>>): string {
  const any = Object.values(counts).some((count) => count > 0);
  return any
    ? 'No rows of these types.'
    : 'Nothing has happened yet. The first row appears when training starts.';
}

function sourceText(source: string): string {
  return source === 'event files'
    ? 'Derived from event files; no training_logs table has this task.'
    : 'From the training_logs table.';
}

function TypeFilter({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const { view } = useApp().monitor;
  const types = view.values.value.types;
  const toggle = (type: LogType) => {
    const chosen = types.includes(type) ? types.filter((other) => other !== type) : [...types, type];
    view.set({ types: LOG_TYPES.filter((one) => chosen.includes(one)) });
  };
  return (
    <div class="types" role="group" aria-label="Types of rows to show">
      <button
        type="button"
        class="chip"
        aria-pressed={types.length === 0}
        onClick={() => view.set({ types: [] })}
      >
        all
      </button>
      {LOG_TYPES.map((type) => (
        <button
          key={type}
          type="button"
          class="chip"
          aria-pressed={types.includes(type)}
          onClick={() => toggle(type)}
        >
          <i class={`dot type-${type}`} aria-hidden="true" />
          {type} <span class="chip-count">{formatCount(counts[type] ?? 0)}</span>
        </button>
      ))}
    </div>
  );
}
