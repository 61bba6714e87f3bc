/** The training log: what happened, newest first. */

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { copyText } from '../../base/clipboard';
import { download } from '../../base/download';
import { formatCount, plural } from '../../base/numbers';
import { insightKey, insightsAt } from '../../model/log/insight_rows';
import type { Log } from '../../model/log/log_rows';
import { LogStore } from '../../model/log/log_store';
import { toldInsights } from '../../model/task/insights';
import styles from '../../styles/log.css?inline';
import { urlOf } from '../../wire/http';
import type { Insight, LogRow } from '../../wire/messages';
import { type TaskProps, useApp } from '../context';
import { useCalm } from '../elements/calm';
import { LogDetail } from './detail';
import { copiedText } from './row';
import { LogRows } from './rows';
import { isWithin, type Selection } from './selection';
import { LogComing } from './skeleton';
import { Nothing, Search, TypeFilter } from './tools';

export { styles };

type OpenProps = Pick<TaskProps, 'open'>;

interface LogsProps {
  readonly logs: LogStore;
}

export function TrainingLog({ open }: OpenProps) {
  // Rows arrive faster than they can be read, and to move a hundred of them is the dearest part of a tick.
  const logs = open.logsBy(LogStore);
  const log = useCalm(logs.log, isOtherSight, isCrowd);
  const isUpToDate = log !== null && logs.failure.value === null;
  // The page around it is made anew at every tick: its rows are not.
  const shown = useMemo(() => log && <Shown open={open} logs={logs} log={log} />, [open, log]);
  return (
    <section class="card log" aria-labelledby="log-heading">
      {log === null && <h2 id="log-heading">Training log</h2>}
      {!isUpToDate && <Waiting logs={logs} />}
      {shown}
    </section>
  );
}

function Shown({ open, logs, log }: OpenProps & LogsProps & { readonly log: Log }) {
  const { logSearch } = useApp().monitor.view.values.value;
  const selection = useSignal<Selection | null>(null);
  const isDetailed = useSignal(false);
  const { said, copy } = useCopying();
  const insights = useInsights();
  const leadTo = useLeading();
  useEffect(() => {
    selection.value = null;
  }, [log.list]);

  const selected = selectedRows(log, selection.value);
  const isSeveral = selected.length > 1;
  const row = selection.value && log.rows.get(selection.value.active);
  const copySelected = () => void copy(selected, selected.length);
  const copyShown = async () =>
    isSeveral ? copySelected() : copy(await logs.collect(MOST_COPIED), log.total);
  return (
    <>
      <div class="section-head">
        <h2 id="log-heading">Training log</h2>
        {/* Read out where the reader did something; not at every row that comes. */}
        <p class="fine" role="status" aria-live={said.value || logSearch ? 'polite' : 'off'}>
          {said.value || extentText(log, logSearch)}
        </p>
      </div>
      <div class="log-tools">
        <Search />
        <TypeFilter counts={log.counts} />
        <span class="log-actions">
          <button type="button" class="link" disabled={log.total === 0} onClick={copyShown}>
            {isSeveral ? `Copy ${selected.length} rows` : 'Copy rows'}
          </button>
          <a
            class="link"
            href={urlOf('export', exported(open.id))}
            title={WHAT_IS_DOWNLOADED}
            onClick={(event) => {
              event.preventDefault();
              download(event.currentTarget.href);
            }}
          >
            Download all
          </a>
        </span>
      </div>
      {log.total === 0 ? (
        <Nothing log={log} />
      ) : (
        <LogRows
          {...{ open, logs, log, selection, isDetailed, insights }}
          onInsight={leadTo}
          onCopy={copySelected}
        />
      )}
      {row && isDetailed.value && (
        <LogDetail
          row={row}
          insights={beginning(log, insights, selection.value?.active ?? 0)}
          onInsight={leadTo}
          onCopy={() => void copy([row], 1)}
          onClose={() => {
            isDetailed.value = false;
          }}
        />
      )}
      <p class="fine">{sourceText(log.source)}</p>
    </>
  );
}

/** Another list only where they are others: they are told at every tick. */
function useInsights(): readonly Insight[] {
  const { told, view } = useApp().monitor;
  const kept = useRef<readonly Insight[]>([]);
  return useComputed(() => {
    const now = told.value ? toldInsights(told.value, view.values.value.muted) : [];
    if (insightKey(now) !== insightKey(kept.current)) kept.current = now;
    return kept.current;
  }).value;
}

function beginning(log: Log, insights: readonly Insight[], number: number): readonly Insight[] {
  const index = log.total - 1 - number;
  return insightsAt(log, insights, index, index + 1).get(number) ?? [];
}

/** To the card of an insight: it is opened, the charts are zoomed to it, and the keyboard goes on from there. */
function useLeading(): (insight: Insight) => void {
  const { told, zoom } = useApp().monitor;
  return (insight) => {
    // As it stands now: the stretch of an open one has grown.
    zoom.showInsight(told.peek()?.insights.find(({ id }) => id === insight.id) ?? insight);
    document.getElementById(`insight-${insight.id}`)?.focus();
  };
}

/** Copies rows, and says for a while how that went. */
function useCopying() {
  const said = useSignal('');
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const copy = async (rows: readonly LogRow[] | null, of: number) => {
    const isDone = rows !== null && (await copyText(rows.map(copiedText).join('\n')));
    said.value = isDone ? copiedSentence(rows.length, of) : NOT_COPIED;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      said.value = '';
    }, SAID_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return { said, copy };
}

function copiedSentence(copied: number, of: number): string {
  if (copied >= of) return `${plural(copied, 'row')} copied`;
  return `the newest ${formatCount(copied)} of ${formatCount(of)} rows copied; the download has all`;
}

/** No log, or none that is up to date: why. */
function Waiting({ logs }: LogsProps) {
  const failure = logs.failure.value;
  if (failure === null) return <LogComing />;
  return (
    <p class="hint">
      {failure.sentence}{' '}
      <button type="button" class="link" onClick={() => void logs.load()}>
        Try again
      </button>
    </p>
  );
}

/** Read and put into the clipboard within a second. */
const MOST_COPIED = 5000;
const SAID_MS = 5000;
const WHAT_IS_DOWNLOADED = 'All rows of the log, whatever is searched for, as CSV';
const NOT_COPIED = 'nothing is copied: the rows cannot be read, or the browser keeps its clipboard';

function exported(task: string) {
  return { task, of: 'log', format: 'csv' };
}

/** The reader's own doing, by filter, search or scrolling, is shown at once. */
function isOtherSight(before: Log | null, now: Log | null): boolean {
  return before?.list !== now?.list || before?.filled !== now?.filled;
}

/** More new rows than can be read before the next ones push them out of sight. */
const CROWD = 20;

function isCrowd(before: Log | null, now: Log | null): boolean {
  return (now?.total ?? 0) - (before?.total ?? 0) > CROWD;
}

function selectedRows(log: Log, selection: Selection | null): readonly LogRow[] {
  if (selection === null) return [];
  const chosen = [...log.rows].filter(([number]) => isWithin(selection, number));
  return chosen.sort(([a], [b]) => b - a).map(([, row]) => row);
}

function extentText({ total, filter, unsearched, goesOn }: Log, search: string): string {
  if (filter.search !== search) return 'searching …';
  if (search === '') return plural(total, 'row');
  if (goesOn)
    return `${formatCount(total)} found so far; ${formatCount(unsearched)} older rows are being searched …`;
  if (unsearched > 0)
    return `${formatCount(total)} found in the newest rows; ${formatCount(unsearched)} older ones not searched`;
  return total === 1 ? '1 row matches' : `${formatCount(total)} rows match`;
}

function sourceText(source: string): string {
  return source === 'event files'
    ? 'Derived from event files; no training_logs table has this task.'
    : 'From the training_logs table.';
}
