/** What the reader has chosen, as it stands in the URL: a link with it reopens exactly this view. */

import { type HashValues, listFrom, listText } from '../../base/hash';
import type { Axis, LogType } from '../../wire/messages';
import { AXES, type Range } from '../axis';
import { type Sought, STATUSES } from '../list/task_list';
import { NEWEST_FIRST, orderFrom, orderText } from '../list/task_order';
import { type Look, lookFrom, numberWithin, totalFrom, USUAL_LOOK } from './look';

export interface ViewValues extends Sought {
  /** Empty for the overview; null where nobody has chosen yet. */
  readonly task: string | null;
  /** How the overview is sorted, as `orderText` writes it. */
  readonly sort: string;
  /** The overview is grouped by folder; these groups are folded. */
  readonly grouped: boolean;
  readonly foldedGroups: readonly string[];
  readonly ema: number;
  readonly ma: number;
  readonly history: 'latest' | 'all';
  /** What the x axis of all charts counts. */
  readonly axis: Axis;
  /** The zoomed range on that axis, shared by all charts. */
  readonly range: Range | null;
  /** The charts with a logarithmic y axis, by their metric; with `EVERY` among them, those are the ones without. */
  readonly log: readonly string[];
  /** The evaluation loss is drawn beside the training loss. */
  readonly together: boolean;
  /** What the training loss is to be expected to come to is drawn behind it. */
  readonly expected: boolean;
  /** The main charts in the reader's order, by their role; those that are not named follow in the usual one. */
  readonly order: readonly string[];
  /** The chart that has the whole width, by its role or metric. */
  readonly large: string | null;
  /** Main charts that are folded, by their role. */
  readonly folded: readonly string[];
  /** What is unfolded: groups (`OTHER`, a tag prefix with `/` behind it) and charts by their metric. */
  readonly open: readonly string[];
  /** Metrics that the server only offers and the reader wants all the same. */
  readonly anyway: readonly string[];
  /** Scalars that the reader wants to see before the others, by their metric. */
  readonly pinned: readonly string[];
  /** The insight whose proof is open, by its id. */
  readonly insight: string | null;
  /** Insights of this task that the reader does not want to hear of. */
  readonly muted: readonly string[];
  /** A total that the reader typed, for a task that knows none. */
  readonly total: number | null;
  /** The types of log rows to show; none chosen means all. */
  readonly types: readonly LogType[];
  /** Words that a row of the log must hold. */
  readonly logSearch: string;
}

export const DEFAULT_VIEW: ViewValues = {
  task: null,
  find: '',
  statuses: [],
  alarmed: false,
  sort: orderText(NEWEST_FIRST),
  grouped: false,
  foldedGroups: [],
  ema: USUAL_LOOK.ema,
  ma: USUAL_LOOK.ma,
  history: USUAL_LOOK.view,
  axis: 'accumulated',
  range: null,
  log: [],
  together: false,
  expected: false,
  order: [],
  large: null,
  folded: [],
  open: [],
  anyway: [],
  pinned: [],
  insight: null,
  muted: [],
  total: null,
  types: [],
  logSearch: '',
};

/** Among `log`: all charts but those that are named. */
export const EVERY = '*';

export function isLogarithmic({ log }: Pick<ViewValues, 'log'>, metric: string): boolean {
  return log.includes(EVERY) !== log.includes(metric);
}

export const LOG_TYPES: readonly LogType[] = ['start', 'step', 'eval', 'checkpoint', 'end'];
/** What the server takes. */
export const LONGEST_SEARCH = 200;

export function viewFromHash(values: HashValues): ViewValues {
  const { ema, ma, view: history } = lookFrom(values);
  return {
    task: values.task ?? null,
    find: values.find ?? '',
    statuses: STATUSES.filter((status) => listFrom(values.status).includes(status)),
    alarmed: values.alarmed === '1',
    sort: orderText(orderFrom(values.sort)),
    grouped: values.group === '1',
    foldedGroups: listFrom(values.foldedgroups),
    ema,
    ma,
    history,
    axis: AXES.find((axis) => axis === values.axis) ?? DEFAULT_VIEW.axis,
    range: rangeFrom(values.x),
    log: listFrom(values.log),
    together: values.together === '1',
    expected: values.expected === '1',
    order: listFrom(values.order),
    large: values.large || null,
    folded: listFrom(values.folded),
    open: listFrom(values.open),
    anyway: listFrom(values.anyway),
    pinned: listFrom(values.pin),
    insight: values.insight || null,
    muted: listFrom(values.muted),
    total: totalFrom(values),
    logSearch: (values.logsearch ?? '').slice(0, LONGEST_SEARCH),
    types: LOG_TYPES.filter((type) => listFrom(values.types).includes(type)),
  };
}

/** Only what differs from the defaults is written: a short link for the usual view. */
export function hashFromView(view: ViewValues): HashValues {
  const entries = Object.entries(written(view)).filter(([key, text]) => text !== USUAL[key]);
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}

function written(view: ViewValues): Readonly<Record<string, string | number | null>> {
  const { task, find, ema, ma, history, axis, range, together, large, insight, total } = view;
  return {
    task,
    find,
    status: listText(view.statuses),
    alarmed: Number(view.alarmed),
    sort: view.sort,
    group: Number(view.grouped),
    foldedgroups: listText(view.foldedGroups),
    ema,
    ma,
    view: history,
    axis,
    x: range && `${range.min}~${range.max}`,
    log: listText(view.log),
    together: Number(together),
    expected: Number(view.expected),
    order: listText(view.order),
    large,
    folded: listText(view.folded),
    open: listText(view.open),
    anyway: listText(view.anyway),
    pin: listText(view.pinned),
    insight,
    muted: listText(view.muted),
    total,
    types: listText(view.types),
    logsearch: view.logSearch,
  };
}

const USUAL = written(DEFAULT_VIEW);

function rangeFrom(text: string | undefined): Range | null {
  const [min, max] = (text ?? '').split('~').map((end) => numberWithin(end, -1e300, 1e300));
  return min != null && max != null && min < max ? { min, max } : null;
}

export function lookOf({ ema, ma, history }: Pick<ViewValues, 'ema' | 'ma' | 'history'>): Look {
  return { ema, ma, view: history };
}
