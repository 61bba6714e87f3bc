import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { withoutUnused } from '../../lean_uplot';

const source = readFileSync(createRequire(import.meta.url).resolve('uplot/dist/uPlot.esm.js'), 'utf8');

describe('The uPlot of the bundle', () => {
  it('is the installed one without the parts that no chart of ours reaches', () => {
    const lean = withoutUnused(source);
    for (const gone of ['= bars', 'isTime', 'uPlot.join', 'genTimeStuffs(1)'])
      expect(lean).not.toContain(gone);
    for (const kept of ['paths.linear', 'uPlot.rangeNum', 'uPlot.sync']) expect(lean).toContain(kept);
  });

  it('fails the build when the release reads differently', () => {
    expect(() => withoutUnused(source.replaceAll('isTime', 'ofTime'))).toThrow('no /');
  });
});
