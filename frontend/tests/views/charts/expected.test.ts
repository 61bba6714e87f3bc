import { describe, expect, it } from 'vitest';
import { drawChart } from '../../../src/chart/drawing';
import { frameOf } from '../../../src/chart/frame';
import { dashOf } from '../../../src/chart/lines';
import { nearest } from '../../../src/chart/nearest';
import { PALETTES } from '../../../src/chart/palette';
import { SvgPen } from '../../../src/chart/svg_pen';
import { expectedLine, expectedText } from '../../../src/views/charts/expected';
import { answered, failed } from '../../../src/wire/failure';
import type { Expected } from '../../../src/wire/messages';
import { contentOf, lineOf } from '../../chart/lines_for_tests';
import { goldenMessages } from '../../golden';

const golden = (name: string) =>
  goldenMessages('expected').find((one) => one.name === name)?.message as Expected;
const halfWay = golden('expected_half_way.json');
const found = halfWay.expected;
if (found === null) throw new Error('The golden message has no expected loss.');

describe('The loss that is to be expected', () => {
  it('is a dashed line from the last point to the total', () => {
    const line = expectedLine(found, 'accumulated');
    expect(line && [line.x[0], line.x.at(-1), dashOf(line, 1)]).toEqual([600, found.x.at(-1), [5, 4]]);
    expect(line?.series.step[1]).toBe(610);
  });

  it('lies at its steps where attempts are laid over one another', () => {
    expect(expectedLine({ ...found, x: found.x.map((x) => x + 500) }, 'step')?.x).toBe(found.step);
  });

  it('is pointed at from its begin on', () => {
    const line = expectedLine(found, 'accumulated');
    expect(line && [nearest(line, 300), nearest(line, 601), nearest(line, 9e9)]).toEqual([null, 0, 63]);
  });

  it('has no place on an axis of time', () => {
    expect(expectedLine(found, 'wall')).toBeNull();
    expect(expectedText(answered(halfWay), 'wall')).toMatch(/drawn on axes of steps alone\.$/);
  });

  it('is drawn with its band', () => {
    const line = expectedLine(found, 'accumulated');
    const content = contentOf([lineOf([3, 2.9]), ...(line ? [line] : [])], { range: { min: 0, max: 1200 } });
    const pen = new SvgPen();
    const size = { width: 600, height: 300, unit: 1 };
    drawChart(pen, { content, frame: frameOf(content, size) }, 300, PALETTES.light);
    const svg = pen.document(600, 300, 1);
    expect(svg).toContain('stroke-dasharray="5 4"');
    // There and back: as many corners as both edges have.
    const band = svg.match(/<path d="([^"]*)" fill="#0072b2" fill-opacity="0.16"/)?.[1] ?? '';
    expect(band.match(/[ML]/g)?.length).toBe(2 * found.low.length);
  });
});

describe('What is said of it', () => {
  it('is the value, its range, and what it is taken from', () => {
    expect(expectedText(answered(halfWay), 'accumulated')).toMatch(
      /^Expected at step [\d,]+: [\d.]+ \([\d.]+ to [\d.]+\), an extrapolation .* cosine schedule .*; dashed\.$/,
    );
  });

  it('is why there is none', () => {
    expect(expectedText(answered(golden('expected_live.json')), 'step')).toBe(
      'No loss to be expected: Only losses of language models are known to follow this law.',
    );
    const failure = { kind: 'unreachable', sentence: 'TensorBoard does not answer (x).' } as const;
    expect(expectedText(failed(failure), 'step')).toBe(failure.sentence);
  });
});
