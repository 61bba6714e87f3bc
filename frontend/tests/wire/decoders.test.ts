import { describe, expect, it } from 'vitest';
import { goldenMessages } from '../golden';
import {
  decodeExpected,
  decodeGuide,
  decodeLogs,
  decodeMarks,
  decodePoints,
  decodeSeries,
  decodeSparklines,
  decodeTask,
  decodeTasks,
} from './decoders';
import { ShapeError } from './shape';

const DECODERS = {
  tasks: decodeTasks,
  task: decodeTask,
  series: decodeSeries,
  points: decodePoints,
  logs: decodeLogs,
  marks: decodeMarks,
  sparklines: decodeSparklines,
  expected: decodeExpected,
  guide: decodeGuide,
} as const;

type Route = keyof typeof DECODERS;
const ROUTES = Object.keys(DECODERS) as Route[];

describe.each(ROUTES)('The answer of the route %s', (route) => {
  const golden = goldenMessages(route);

  it('has an example', () => {
    expect(golden.length).toBeGreaterThan(0);
  });

  it.each(golden)('is read: $name', ({ message }) => {
    expect(() => DECODERS[route](message, '')).not.toThrow();
  });

  it('is refused when it is something else altogether', () => {
    for (const other of [null, 5, [], '', {}]) expect(() => DECODERS[route](other, '')).toThrow(ShapeError);
  });
});

function example<T>(route: Route, name: string): T {
  return structuredClone(goldenMessages(route).find((one) => one.name === name)?.message) as T;
}

type Loose = Record<string, unknown>;

describe('A message that departs from its shape', () => {
  it('is refused with the place and what was there', () => {
    const tasks = example<{ tasks: Loose[] }>('tasks', 'tasks.json');
    tasks.tasks[0] = { ...tasks.tasks[0], status: 'asleep' };
    expect(() => decodeTasks(tasks, '')).toThrow(/tasks\[0\]\.status should be one of pending, .*"asleep"/);
  });

  it('is refused when a key is missing', () => {
    const task = example<Loose>('task', 'task_live.json');
    delete task.attempts;
    expect(() => decodeTask(task, '')).toThrow('attempts should be a list, but is missing');
  });

  it('is refused when columns differ in length, lest a value stand at the wrong step', () => {
    const message = example<{ series: { loss: { value: unknown[] } } }>('series', 'series_live.json');
    message.series.loss.value.pop();
    expect(() => decodeSeries(message, '')).toThrow(/series\.loss\.value should be \d+ long/);
  });

  it('is refused when a column holds anything but numbers', () => {
    const message = example<{ series: { loss: { step: unknown[] } } }>('series', 'series_live.json');
    message.series.loss.step[1] = 'x';
    expect(() => decodeSeries(message, '')).toThrow('series.loss.step[1] should be a number, but is "x"');
  });

  it('is refused when a delta is of a type that does not exist', () => {
    const message = { task: 'a', cursor: 'c', messages: [{ type: 'gossip' }] };
    expect(() => decodePoints(message, '')).toThrow(
      /messages\[0\]\.type should be one of task, points, logs, reset/,
    );
  });
});
