/**
 * uPlot without the parts that this tab never reaches: bars, steps and splines, axes of time, its legend, joining of
 * tables. It has no switches for them, and a bundler cannot tell that they are unused; without them the tab is a tenth
 * smaller. uPlot is pinned to one release, and a build whose uPlot reads differently fails here rather than in a chart.
 */

import type { Plugin } from 'vite';

/** What is found (as often as it stands there), and what stands in its place. */
const CUTS: readonly (readonly [RegExp, string])[] = [
  [/\(paths\.(stepped|bars|spline) *= \w+\);/g, ''],
  [/uPlot\.(join|fmtDate|tzDate|rangeLog|rangeAsinh) *= \w+;/g, ''],
  [/const showLegend = legend\.show;/g, 'const showLegend = false;'],
  // Our x axis counts steps: `scales.x.time` is false.
  [/^const \[ timeIncrs(Ms|S), .*$/gm, ''],
  [/^\tconst _tzDate[\s\S]*?const _timeSeriesVal .*$/gm, ''],
  [/^\t*let isTime = .*$/gm, ''],
  [/\bisTime\b/g, 'false'],
  [/else if \(scaleX\.time\)/g, 'else if (false)'],
];

export function withoutUnused(source: string): string {
  return CUTS.reduce((text, [found, instead]) => {
    if (text.search(found) < 0) throw new Error(`uPlot reads differently from 1.6.32: no ${found} in it.`);
    return text.replace(found, instead);
  }, source);
}

export const leanUplot: Plugin = {
  name: 'lean-uplot',
  transform: (code, id) => (/\/uPlot\.esm\.js$/.test(id) ? { code: withoutUnused(code), map: null } : null),
};
