/** How series are asked for, as it stands in the URL. */

import type { HashValues } from '../../base/hash';

/** In the server's words: a change of it asks for all series again. */
export interface Look {
  readonly ema: number;
  readonly ma: number;
  readonly view: 'latest' | 'all';
}

export const USUAL_LOOK: Look = { ema: 0.6, ma: 5, view: 'latest' };
export const MAX_EMA = 0.99;
export const MAX_MA = 1000;

export function lookFrom({ ema, ma, view }: HashValues): Look {
  return {
    ema: numberWithin(ema, 0, MAX_EMA) ?? USUAL_LOOK.ema,
    ma: wholeWithin(ma, 1, MAX_MA) ?? USUAL_LOOK.ma,
    view: view === 'all' ? 'all' : 'latest',
  };
}

/** A total that the reader typed. */
export function totalFrom({ total }: HashValues): number | null {
  return wholeWithin(total, 1, 1e15);
}

export function numberWithin(text: string | undefined, low: number, high: number): number | null {
  const value = Number(text || Number.NaN);
  return value >= low && value <= high ? value : null;
}

function wholeWithin(text: string | undefined, low: number, high: number): number | null {
  const value = numberWithin(text, low, high);
  return Number.isInteger(value) ? value : null;
}
