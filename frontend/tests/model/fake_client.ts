/** A server that answers when the test says so. */

import type { Client, LogsQuestion, PointsQuestion, SeriesQuestion } from '../../src/wire/client';
import { type Answer, answered, type Failure, failed } from '../../src/wire/failure';
import type { Feed, Hear } from '../../src/wire/feed';
import type { FeedQuestion } from '../../src/wire/feed_messages';
import type {
  Deltas,
  Expected,
  Guide,
  LogPage,
  Marks,
  Message,
  Series,
  SeriesSet,
  Sparklines,
  Task,
  TaskList,
} from '../../src/wire/messages';
import { seriesAt } from '../examples';

interface Asked<Question, T> {
  readonly question: Question;
  readonly answer: (value: T) => Promise<void>;
  readonly refuse: (failure: Failure) => Promise<void>;
}

/** Questions of one kind, oldest first, until they are answered. */
export class Desk<Question, T> {
  readonly asked: Asked<Question, T>[] = [];

  ask = (question: Question): Promise<Answer<T>> =>
    new Promise((resolve) => {
      const settle = (answer: Answer<T>) => {
        resolve(answer);
        return settled();
      };
      this.asked.push({
        question,
        answer: (value) => settle(answered(value)),
        refuse: (failure) => settle(failed(failure)),
      });
    });

  /** The question that waits, which there must be exactly one of; it is taken from the desk. */
  get only(): Asked<Question, T> {
    const [first, ...more] = this.asked.splice(0);
    if (first === undefined || more.length > 0)
      throw new Error(`${more.length + (first ? 1 : 0)} questions wait`);
    return first;
  }
}

export class FakeClient implements Client {
  readonly desk = {
    tasks: new Desk<string, TaskList>(),
    task: new Desk<{ task: string; total: number | null }, Task>(),
    series: new Desk<SeriesQuestion, SeriesSet>(),
    points: new Desk<PointsQuestion, Deltas>(),
    logs: new Desk<LogsQuestion, LogPage>(),
    marks: new Desk<string, Marks>(),
    expected: new Desk<string, Expected>(),
    guide: new Desk<null, Guide>(),
    sparklines: new Desk<readonly string[], Sparklines>(),
    exported: new Desk<string, string>(),
  };

  /** Whether a test answers what is asked before the metrics are known; else nobody does. */
  knowsLeading = false;

  tasks = (since: string) => this.desk.tasks.ask(since);
  task = (task: string, total: number | null) => this.desk.task.ask({ task, total });
  series = (question: SeriesQuestion): Promise<Answer<SeriesSet>> =>
    question.leading === undefined || this.knowsLeading
      ? this.desk.series.ask(question)
      : Promise.resolve(failed({ kind: 'unreachable', sentence: 'Nobody.' }));
  points = (question: PointsQuestion) => this.desk.points.ask(question);
  logs = (question: LogsQuestion) => this.desk.logs.ask(question);
  marks = (task: string) => this.desk.marks.ask(task);
  expected = (task: string) => this.desk.expected.ask(task);
  guide = () => this.desk.guide.ask(null);
  sparklines = (tasks: readonly string[]) => this.desk.sparklines.ask(tasks);
  exported = (task: string, format: string) => this.desk.exported.ask(`${task} as ${format}`);
}

interface Watched {
  readonly question: FeedQuestion;
  readonly cursor: string;
  readonly hear: Hear;
}

/** A feed that says what the test says, to whoever watches. */
export class FakeFeed implements Feed {
  readonly watched: Watched[] = [];

  watch(question: FeedQuestion, cursor: string, hear: Hear): () => void {
    const watch = { question, cursor, hear };
    this.watched.push(watch);
    return () => this.watched.splice(this.watched.indexOf(watch), 1);
  }

  /** The one watch that there is. */
  get only(): Watched {
    const [first, ...more] = this.watched;
    if (first === undefined || more.length > 0) throw new Error(`${more.length + (first ? 1 : 0)} watches`);
    return first;
  }

  async tell(...answer: Parameters<typeof deltas>): Promise<void> {
    this.only.hear(answered(deltas(...answer)), 'stream');
    await settled();
  }
}

/** Lets every promise that can go on do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

export function seriesSet(cursor: string, series: Readonly<Record<string, Series>>): SeriesSet {
  return { task: 'job', revision: 1, cursor, attempts: [], series };
}

export function lossUpTo(x: number): Series {
  return seriesAt(Array.from({ length: x }, (_, index) => index + 1));
}

export function deltas(cursor: string, ...messages: Message[]): Deltas {
  return { task: 'job', cursor, messages };
}

export function page(rows: LogPage['logs'], next: string | null, total = rows.length): LogPage {
  return {
    logs: rows,
    first: total - rows.length,
    next,
    total,
    counts: { step: total },
    unsearched: 0,
    goes_on: false,
    source: 'event files',
  };
}
