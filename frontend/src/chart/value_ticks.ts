/** Ticks of the value axis: round numbers, or the powers of ten and what lies between them. */

import { formatMinus, formatValue } from '../base/numbers';
import type { XRange } from './chart_data';
import type { Scale } from './scale';

export interface ValueTick {
  readonly value: number;
  /** Empty where there is a line and no room for its number. */
  readonly label: string;
  readonly isMinor: boolean;
}

/** At least this many pixels from one number to the next. */
const SPACE = 32;
/** Nearer than this, the lines between two powers of ten would be a gray area. */
const MINOR_SPACE = 4;

/** `height` of the axis in pixels of the page. */
export function valueTicks(scale: Scale, height: number): readonly ValueTick[] {
  const most = Math.max(1, height / SPACE);
  if (!scale.isLog) return linearTicks(scale, most);
  const decades = Math.log10(scale.max / scale.min);
  return decades < 0.7 ? linearTicks(scale, most) : logTicks(scale, decades / most, height / decades);
}

function linearTicks({ min, max }: Scale, most: number): readonly ValueTick[] {
  const increment = roundIncrement((max - min) / most);
  const values = multiples({ min, max }, increment);
  const labels = valueLabels(values, increment);
  return values.map((value, index) => ({ value, label: labels[index] ?? '', isMinor: false }));
}

/** The next of 1, 2, 2.5 and 5 times a power of ten that is not smaller. */
export function roundIncrement(atLeast: number): number {
  const magnitude = Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 2.5, 5].find((one) => Number(`${one}e${magnitude}`) >= atLeast);
  return factor === undefined ? Number(`1e${magnitude + 1}`) : Number(`${factor}e${magnitude}`);
}

/** More than any axis has room for: a range of numbers so large that they have no neighbours would never end. */
const MOST = 1000;

/** How often an increment fits between two multiples of it, both counted. */
export function countUpTo(from: number, to: number, increment: number): number {
  const count = Math.floor((to - from) / increment) + 1;
  return count > 0 ? Math.min(count, MOST) : 0;
}

/** All that lie in the range; 3 times 0.1 is not 0.30000000000000004. */
export function multiples({ min, max }: XRange, increment: number): readonly number[] {
  const first = Math.ceil(min / increment - 1e-9);
  const length = countUpTo(first, Math.floor(max / increment + 1e-9), 1);
  const found = Array.from({ length }, (_, at) => Number(((first + at) * increment).toPrecision(12)));
  return found.filter((value, at) => value !== found[at - 1]);
}

/** Powers of ten; every so many of them where they are close, and 2 and 5 as well where they are far apart. */
function logTicks({ min, max }: Scale, decadesPerNumber: number, decade: number): readonly ValueTick[] {
  const every = Math.max(1, Math.ceil(decadesPerNumber));
  const numbered = decade >= 5 * SPACE ? [1, 2, 5] : [1];
  const drawn = decade >= 9 * MINOR_SPACE * 2.5 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1];
  const from = Math.floor(Math.log10(min));
  const powers = Array.from({ length: Math.ceil(Math.log10(max)) - from + 1 }, (_, count) => from + count);
  const ticks = powers.flatMap((power) =>
    drawn.map((factor) => {
      const value = Number(`${factor}e${power}`);
      const isNumbered = numbered.includes(factor) && power % every === 0;
      return {
        value,
        label: isNumbered ? formatValue(value).replace('e-', 'e−') : '',
        isMinor: factor !== 1,
      };
    }),
  );
  return ticks.filter(({ value }) => value >= min && value <= max);
}

/** Labels of the value axis, told apart by as many digits as their distance needs. */
export function valueLabels(values: readonly number[], increment: number): readonly string[] {
  const largest = Math.max(...values.map(Math.abs), 0);
  return values.map((value) => valueLabel(value, increment, largest));
}

function valueLabel(value: number, increment: number, largest: number): string {
  if (value === 0) return '0';
  if (largest < 1e-2 || largest >= 1e7) return exponentialLabel(value, increment);
  if (largest >= 1e4) return `${fixed(value / 1000, increment / 1000)}k`;
  return fixed(value, increment);
}

function exponentialLabel(value: number, increment: number): string {
  const magnitude = 10 ** Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  const digits = decimalsFor(increment / magnitude);
  return formatMinus(value.toExponential(Math.min(digits, 6)).replace('e+', 'e')).replace('e-', 'e−');
}

function fixed(value: number, increment: number): string {
  return formatMinus(value.toFixed(decimalsFor(increment)));
}

/** As many as tell two neighbours apart: one more for increments of a quarter (0.25, 2.5) than for the others. */
function decimalsFor(increment: number): number {
  for (let decimals = 0; decimals < 8; decimals++) {
    const scaled = increment * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 8;
}
