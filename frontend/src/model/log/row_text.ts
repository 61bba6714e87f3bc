/**
 * A row of the log as the text that is searched, so that new rows are tested here as they arrive. The server makes the same
 * (`tasks/opened/log/searched_text.py`); the tests of both read `tests/fixtures/row_texts.json`.
 */

import { formatCount } from '../../base/numbers';
import type { LogRow } from '../../wire/messages';

export type SearchedRow = Pick<LogRow, 'type' | 'attempt' | 'step' | 'message' | 'metrics'>;

/** Five digits: 2.0513, 0.00012, 1.5e-5, 1.2346e7. */
export function shownValue(value: number | string | null): string {
  if (typeof value !== 'number') return value ?? '–';
  const [digits, exponent] = value.toExponential(4).split('e').map(Number) as [number, number];
  return exponent < -4 || exponent >= 7 ? `${digits}e${exponent}` : String(Number(value.toPrecision(5)));
}

export function rowText({ type, attempt, step, message, metrics }: SearchedRow): string {
  const values = Object.entries(metrics).map(([name, value]) => `${name} ${shownValue(value)}`);
  const steps = step === null ? '' : `${step} ${formatCount(step)}`;
  return `${type} #${attempt} ${steps} ${message} ${values.join(' ')} `.toLowerCase().replaceAll('\n', ' ');
}

export function wordsOf(search: string): readonly string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

/** `#2` is a whole attempt's number; any other word may be a part of one. */
export function holdsAll(row: SearchedRow, words: readonly string[]): boolean {
  const text = rowText(row);
  return words.every((word) => text.includes(/^#\d+$/.test(word) ? `${word} ` : word));
}
