import { describe, expect, it } from 'vitest';
import type { ChartContent } from '../../src/chart/content';
import { boundaries } from '../../src/chart/decorations';
import { drawChart } from '../../src/chart/drawing';
import { frameOf } from '../../src/chart/frame';
import { PALETTES } from '../../src/chart/palette';
import { SvgPen } from '../../src/chart/svg_pen';
import { attempt, seriesAt } from '../examples';
import { contentOf, lineOf, noise } from './lines_for_tests';

function drawn(draw: (pen: SvgPen) => void): string {
  const pen = new SvgPen();
  draw(pen);
  return pen.document(200, 100, 2);
}

function chart(content: ChartContent): string {
  const frame = frameOf(content, { width: 600, height: 300, unit: 1 });
  return drawn((pen) => drawChart(pen, { content, frame }, 300, PALETTES.light));
}

/** Tags in their order; throws where they do not nest. */
function tagsOf(svg: string): readonly string[] {
  const open: string[] = [];
  const tags = [...svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)];
  for (const [, closes, name = '', isWhole] of tags) {
    if (closes && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (!closes && !isWhole) open.push(name);
  }
  if (open.length > 0) throw new Error(`${open} left open`);
  return tags.filter(([, closes]) => !closes).map(([, , name = '']) => name);
}

describe('A pen that writes SVG', () => {
  it('writes the size of the page and the units of the drawing', () => {
    expect(drawn(() => {})).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 200 100"></svg>\n',
    );
  });

  it('strokes paths with their width, dashes and opacity', () => {
    const svg = drawn((pen) => {
      pen.strokeStyle = '#0072b280';
      pen.lineWidth = 2;
      pen.setLineDash([3, 1.5]);
      pen.beginPath();
      pen.moveTo(1, 2);
      pen.lineTo(3.14499, 4);
      pen.stroke();
    });
    expect(svg).toContain('d="M1 2L3.14 4" fill="none" stroke="#0072b2" stroke-opacity="0.5"');
    expect(svg).toContain('stroke-width="2"');
    expect(svg).toContain('stroke-dasharray="3 1.5"');
  });

  it('writes rectangles of one colour as one path', () => {
    const svg = drawn((pen) => {
      for (const x of [1, 2, 3]) pen.fillRect(x, 0, 1, 5);
      pen.fillStyle = '#ffffff';
      pen.fillRect(9, 0, 1, 5);
    });
    expect(tagsOf(svg)).toEqual(['svg', 'path', 'path']);
  });

  it('takes texts as they are', () => {
    const svg = drawn((pen) => {
      pen.font = '600 20px system-ui, sans-serif';
      pen.textAlign = 'right';
      pen.textBaseline = 'middle';
      pen.fillText('<loss> & "co"', 10, 10);
    });
    expect(svg).toContain('>&#60;loss&#62; &#38; "co"</text>');
    expect(svg).toContain('x="10" y="17"');
    expect(svg).toContain('font-size="20" font-weight="600" text-anchor="end"');
  });

  it('leaves what is clipped and moved when it is restored', () => {
    const svg = drawn((pen) => {
      pen.save();
      pen.fillStyle = '#123456';
      pen.translate(5, 6);
      pen.rect(0, 0, 10, 10);
      pen.clip();
      pen.restore();
      pen.fillRect(0, 0, 1, 1);
    });
    expect(tagsOf(svg)).toEqual(['svg', 'g', 'clipPath', 'path', 'g', 'path']);
    expect(svg).toMatch(/<\/g><\/g><path [^>]*fill="#123456"\/><\/svg>/);
  });
});

describe('The picture of a chart', () => {
  it('has no coordinate that is no number, whatever the values are', () => {
    const random = noise(5);
    const rough = Array.from({ length: 3000 }, (_, i) => (i % 50 === 0 ? null : random() - 0.3));
    const lines = [lineOf(rough, { smoothed: true }), lineOf(rough.slice(0, 20), { tone: 'evaluation' })];
    for (const isLog of [false, true]) {
      const svg = chart(contentOf(lines, { isLog, gapShaded: true, pins: [{ x: 3, y: 0.2, text: 'best' }] }));
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(tagsOf(svg).length).toBeGreaterThan(20);
    }
  });

  it('can be drawn of nothing, and of one point', () => {
    expect(tagsOf(chart(contentOf([])))).toContain('text');
    expect(chart(contentOf([lineOf([5])]))).toContain('a2.25 2.25');
  });

  it('marks NaN on the lower edge and infinities where they went', () => {
    const series = seriesAt([0, 1, 2, 3], {
      value: [1, null, null, null],
      non_finite: [
        [1, 'nan'],
        [2, 'inf'],
        [3, '-inf'],
      ],
    });
    const svg = chart(contentOf([lineOf([1, null, null, null], { series })]));
    expect(svg.match(/stroke="#b3261e"/g)).toHaveLength(1);
    const [, triangles = ''] = svg.match(/d="([^"]*)" fill="#b3261e"/) ?? [];
    expect(triangles.match(/M/g)).toHaveLength(2);
  });

  it('draws attempts laid over one another paler and dashed, the youngest last', () => {
    const old = lineOf([1, 2, 1], { age: 1, first: 0, end: 3 });
    const svg = chart(contentOf([lineOf([3, 2, 3]), old]));
    const [first = '', second = ''] = svg.match(/<path[^>]*stroke="#0072b2"[^>]*>/g) ?? [];
    expect(first).toContain('stroke-opacity="0.6"');
    expect(first).toContain('stroke-dasharray');
    expect(second).not.toContain('stroke-opacity');
    expect(second).not.toContain('stroke-dasharray');
  });
});

describe('Boundaries between attempts', () => {
  const attempts = [attempt(1, { x_end: 2 }), attempt(2, { x_start: 2, x_end: 4 })];
  const series = seriesAt([0, 1, 2, 3], { attempt: [1, 1, 2, 2] });
  const line = lineOf([1, 2, 3, 4], { series, x: [100, 101, 150, 151] });

  it('lie on the accumulated axis where the server says', () => {
    expect(boundaries(contentOf([line], { attempts }))).toEqual([{ attempt: 2, x: 2 }]);
  });

  it('lie in time where the first point of an attempt does', () => {
    expect(boundaries(contentOf([line], { attempts, axis: 'wall' }))).toEqual([{ attempt: 2, x: 150 }]);
  });

  it('are none where attempts are laid over one another', () => {
    expect(boundaries(contentOf([line], { attempts, axis: 'step' }))).toEqual([]);
  });
});
