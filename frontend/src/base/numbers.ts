/** Numbers as a reader of training curves wants them. Grouping is fixed to English, like every other text of the tab. */

/** "18,231". By hand, for a page of counts takes `toLocaleString` several milliseconds at every tick. */
export function formatCount(count: number): string {
  const digits = Math.round(Math.abs(count)).toFixed(0);
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ',');
  return count <= -0.5 ? `−${grouped}` : grouped;
}

/** Four significant digits: a loss of 2.0513 reads 2.051, a learning rate of 0.0003 reads 3e-4. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return exponential(value);
  if (size >= 1000) return formatCount(value);
  return formatMinus(String(Number(value.toPrecision(4))));
}

function exponential(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return formatMinus(`${Number(mantissa)}e${exponent.replace('+', '')}`);
}

/** A true minus sign has the width of a digit, so columns of numbers stay aligned. */
export function formatMinus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}

export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  // Never rounded up to an end that has not come.
  if (percent > 99 && percent < 100) return `${Math.floor(percent * 10) / 10}%`;
  return `${percent.toFixed(percent < 10 && percent % 1 !== 0 ? 1 : 0)}%`;
}

/** For a count that must be short: four digits and a unit, "1.633T". */
export function formatShort(count: number): string {
  const unit = SHORT_UNITS.find(([size]) => Math.abs(count) >= size);
  return unit === undefined ? formatCount(count) : `${Number((count / unit[0]).toPrecision(4))}${unit[1]}`;
}

/** A step for a tick label: short, yet never rounded away (12,500 is 12.5k; 12,345 stays as it is). */
export function formatStep(step: number): string {
  for (const [unit, letter] of STEP_UNITS) {
    const scaled = step / unit;
    if (Math.abs(scaled) >= 1 && step >= 10_000 && isShort(scaled)) return `${scaled}${letter}`;
  }
  return formatCount(step);
}

const SHORT_UNITS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
];

const STEP_UNITS: readonly (readonly [number, string])[] = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];

function isShort(scaled: number): boolean {
  return String(scaled).length <= 5;
}

/** Counts a noun: `plural(1, 'point')` is "1 point", `plural(2, 'point')` is "2 points". */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Of a value: what is nearer together is one value, and its distance the rounding of whoever computed it. */
const ONE_VALUE = 1e-9;

export function isOneValue(low: number, high: number): boolean {
  return high - low <= ONE_VALUE * Math.max(Math.abs(low), Math.abs(high));
}
