import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/views/charts/content';
import { csvOf, fileName } from '../../../src/views/charts/export';
import { attempt, seriesAt } from '../../examples';

const attempts = [attempt(1, { x_end: 40 })];
const series = seriesAt([10, 20, 30, 40], {
  value: [2, null, null, 0.1],
  smoothed: [2, null, null, 1.5],
  wall_time: [1000, 0, null, 1030],
  non_finite: [
    [1, 'nan'],
    [2, '-inf'],
  ],
});

describe('The table of a chart', () => {
  it('has what is shown, spelled as in the export of the task', () => {
    const lines = linesOf([{ name: 'Loss, "best"', tone: 'training', series }], 'step', attempts, true);
    expect(csvOf({ lines, range: { min: 0, max: 99 } })).toBe(
      'series,attempt,step,wall_time,value,smoothed\n' +
        'attempt 1,1,10,1000,2,2\n' +
        'attempt 1,1,20,,NaN,\n' +
        'attempt 1,1,30,,-Infinity,\n' +
        'attempt 1,1,40,1030,0.1,1.5\n',
    );
  });

  it('leaves out what is not in sight, and what is not drawn smoothed', () => {
    const lines = linesOf([{ name: 'a, "b"', tone: 'schedule', series }], 'accumulated', attempts, true);
    expect(csvOf({ lines, range: { min: 31, max: 40 } })).toBe(
      'series,attempt,step,wall_time,value,smoothed\n"a, ""b""",1,40,1030,0.1,\n',
    );
  });
});

describe('The name of a file', () => {
  it('is one that every file system takes', () => {
    expect(fileName('runs/a:b', 'train/loss', 'csv')).toBe('runs-a-b train-loss.csv');
  });
});
