import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/views/charts/content';
import { bestText, pinsOf, railKey, railOf, shadeOf } from '../../../src/views/charts/marks';
import type { Best, Mark, Marks } from '../../../src/wire/messages';
import { attempt, insight, seriesAt } from '../../examples';

const attempts = [
  attempt(1, { last_step: 30, x_end: 30 }),
  attempt(2, { kind: 'resume', start_step: 20, last_step: 40, x_start: 30, x_end: 50 }),
];

function mark(type: Mark['type'], x: number, step: number, number: number): Mark {
  return { type, x, step, attempt: number, wall_time: null, text: `${type} at ${step}` };
}

const checkpoint = mark('checkpoint', 45, 35, 2);
const best: Best = {
  metric: 'eval_loss',
  value: 1.98,
  x: 40,
  step: 30,
  attempt: 2,
  wall_time: null,
  checkpoint,
};
const marks: Marks = {
  task: 'job',
  revision: 1,
  marks: [mark('eval', 20, 20, 1), mark('eval', 40, 30, 2), checkpoint],
  omitted: 0,
  best,
};

describe('The rail', () => {
  it('has restarts from the attempts and all else from the marks', () => {
    expect(railOf(marks, 'accumulated', attempts)).toEqual([
      { type: 'restart', x: 30, text: 'attempt 2 resumed at step 20' },
      { type: 'eval', x: 20, text: 'eval at 20' },
      { type: 'eval', x: 40, text: 'eval at 30' },
      { type: 'checkpoint', x: 45, text: 'checkpoint at 35' },
    ]);
  });

  it("has the latest attempt's alone where attempts are overlaid", () => {
    expect(railOf(marks, 'step', attempts).map(({ x }) => x)).toEqual([30, 35]);
  });

  it('leaves out what has no place', () => {
    expect(railOf(marks, 'wall', attempts)).toEqual([]);
  });

  it('is made anew when an attempt begins, and not when one grows', () => {
    const key = railKey('accumulated', attempts);
    expect(railKey('accumulated', [attempts[0] ?? attempt(1, {}), attempt(2, {})])).not.toBe(key);
    const grown = attempts.map((one) => ({ ...one, x_end: one.x_end + 5, last_step: 99 }));
    expect(railKey('accumulated', grown)).toBe(key);
  });
});

describe('The pins', () => {
  const evaluations = seriesAt([20, 40, 46], { value: [2.5, 1.98, 2.1] });
  const [line] = linesOf(
    [{ name: 'Evaluation loss', tone: 'evaluation', series: evaluations }],
    'accumulated',
    attempts,
    true,
  );

  it('are the best evaluation and, on its line, the checkpoint next to it', () => {
    expect(pinsOf(best, line, 'accumulated', attempts)).toEqual([
      { x: 40, y: 1.98, text: 'best 1.98' },
      { x: 45, y: 2.1, text: 'checkpoint' },
    ]);
  });

  it('are one where both are of one step, even if one was written a moment later', () => {
    const same = { ...best, checkpoint: mark('checkpoint', 40.1, 30, 2) };
    expect(pinsOf(same, line, 'accumulated', attempts)).toEqual([
      { x: 40, y: 1.98, text: 'best 1.98, checkpoint' },
    ]);
  });

  it('are none without an evaluation or without its place', () => {
    expect(pinsOf(null, line, 'accumulated', attempts)).toEqual([]);
    expect(pinsOf(best, line, 'wall', attempts)).toEqual([]);
  });
});

describe('The best evaluation', () => {
  it('is a sentence', () => {
    expect(bestText(best, 2)).toBe(
      'Best evaluation loss 1.98 at step 30 (attempt 2); nearest checkpoint step 35.',
    );
  });

  it('names the metric where it is no loss, and says that there is no checkpoint', () => {
    expect(bestText({ ...best, metric: 'accuracy', checkpoint: null }, 1)).toBe(
      'Best accuracy 1.98 at step 30; no checkpoint known.',
    );
  });

  it('calls the metric as its chart does', () => {
    const map = { ...best, metric: 'eval_map', checkpoint: null };
    expect(bestText(map, 1, 'eval mAP')).toMatch(/^Best eval mAP 1.98 at/);
  });

  it('says where a checkpoint is of that very step', () => {
    expect(bestText({ ...best, checkpoint: mark('checkpoint', 40, 30, 2) }, 1)).toBe(
      'Best evaluation loss 1.98 at step 30, with a checkpoint at that very step.',
    );
  });
});

describe('An insight', () => {
  const series = seriesAt([10, 20, 30, 40, 50], { attempt: [1, 1, 1, 2, 2], step: [10, 20, 30, 30, 40] });
  const over = insight('a', {
    attempt: 2,
    x_start: 40,
    x_end: 50,
    step_start: 30,
    step_end: 40,
    open: false,
  });

  it('is on the rail where it begins', () => {
    const rail = railOf(null, 'accumulated', attempts.slice(0, 1), [over]);
    expect(rail).toEqual([{ type: 'insight', x: 40, text: 'The loss is flat' }]);
  });

  it('shades the stretch that it speaks of, on whichever axis', () => {
    expect(shadeOf(over, 'accumulated', attempts, series)).toEqual({ min: 40, max: 50 });
    expect(shadeOf(over, 'step', attempts, series)).toEqual({ min: 30, max: 40 });
    expect(shadeOf(over, 'wall', attempts, series)).toEqual({ min: 1040, max: 1050 });
  });

  it('that still holds has no end yet', () => {
    const shade = shadeOf({ ...over, open: true }, 'accumulated', attempts, series);
    expect(shade).toEqual({ min: 40, max: Number.POSITIVE_INFINITY });
  });

  it('has no place where no point is', () => {
    expect(shadeOf({ ...over, attempt: 3 }, 'wall', attempts, series)).toBeNull();
  });
});
