import { describe, expect, it } from 'vitest';
import { lastText, numberLabel } from '../../../src/views/elements/metric_titles';
import { metric } from '../../examples';

/** What stands over the number of the moment, and the number. */
function told(name: string, last_value: number): readonly [string, string] {
  const one = metric(name, { last_value });
  return [numberLabel('speed', { kind: 'logged', metric: one }), lastText(one)];
}

describe('Speed', () => {
  it('is told by its unit', () => {
    expect(told('steps_per_second', 0.1)).toEqual(['steps/s', '0.1']);
    expect(told('samples_per_second', 0.005)).toEqual(['samples/s', '0.005']);
  });

  it('is how long a step takes, where that is more than ten seconds', () => {
    expect(told('steps_per_second', 0.08)).toEqual(['Speed', '13 s/step']);
    expect(told('steps_per_second', 0.005)).toEqual(['Speed', '3 min 20 s/step']);
  });

  it('that is none is no time', () => {
    expect(told('steps_per_second', 0)).toEqual(['steps/s', '0']);
  });
});
