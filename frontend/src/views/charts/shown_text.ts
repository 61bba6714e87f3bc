/** The line under each chart: what is shown, what is left out, and where it comes from. */

import { formatCount, plural } from '../../base/numbers';
import { named } from '../../base/visible';
import { nonFiniteText } from '../../chart/readout';
import type { Series } from '../../wire/messages';

/** How the points of a series were chosen: the latest, the whole history thinned, or a zoomed stretch of it. */
export type Extent = 'latest' | 'all' | 'stretch';

/** What else is to be said of how a chart is drawn. */
export interface Drawing {
  /** Points that a logarithmic axis has no height for. */
  readonly notPositive: number;
  /** A logarithmic axis was asked for and would be empty. */
  readonly nothingPositive: boolean;
  /** Smoothing is on, and these lines are drawn as they were logged. */
  readonly unsmoothed: readonly string[];
}

export const PLAIN: Drawing = { notPositive: 0, nothingPositive: false, unsmoothed: [] };

export function shownText(
  series: Series,
  extent: Extent,
  note: string | null,
  drawing: Drawing = PLAIN,
): string {
  const parts = [extentText(series, extent), nonFiniteText(series), ...drawingTexts(drawing), note ?? ''];
  return parts.filter(Boolean).join('; ');
}

function drawingTexts({ notPositive, nothingPositive, unsmoothed }: Drawing): readonly string[] {
  const left = `${plural(notPositive, 'value')} ≤ 0 left out`;
  return [
    nothingPositive ? 'no value above 0, so the axis is linear' : notPositive > 0 ? left : '',
    unsmoothed.length > 0 ? `${unsmoothed.join(' and ')} as logged, not smoothed` : '',
  ];
}

function extentText(series: Series, extent: Extent): string {
  const shown = series.x.length;
  const where = extent === 'stretch' ? ' of this stretch' : '';
  if (shown === 0) return 'no points';
  if (series.cropped_points === 0)
    return shown === 1 ? '1 point, all there is' : `all ${plural(shown, 'point')}${where}`;
  const total = formatCount(shown + series.cropped_points);
  if (extent === 'latest') return `latest ${formatCount(shown)} of ${total} points, earliest cropped`;
  return `${formatCount(shown)} of ${total} points${where}, lowest and highest of each bucket kept`;
}

export function sourceText(series: Pick<Series, 'run' | 'tag'>): string {
  const names = [series.tag, series.run === '.' ? '' : series.run].filter(Boolean);
  return names.map(named).join(' in ');
}
