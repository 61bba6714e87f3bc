/** What is asked first: known from the URL alone, so that it can be asked while the code that asks is still on its way. */

import { type HashValues, listFrom } from '../../base/hash';
import type { SeriesQuestion } from '../../wire/client';
import { urlOf } from '../../wire/http';
import type { Pins } from '../metrics/pins';
import { type Look, lookFrom, totalFrom } from './look';

/** As many charts as are unfolded where the reader has not chosen others. */
const LEADING = 2;

/** The series that lead, whatever they are. */
export function leadingQuestion(task: string, look: Look): SeriesQuestion {
  return { task, leading: LEADING, ...look };
}

/** The URLs that the model will ask for at once, written as the client writes them. */
export function firstQuestions(values: HashValues, pins: Pick<Pins, 'of'>): readonly string[] {
  const { task, folded, pin } = values;
  if (!task) return ['tasks'];
  const chosen = [...listFrom(folded), ...listFrom(pin), ...pins.of(task)];
  const series = chosen.length > 0 ? [] : [urlOf('series', { ...leadingQuestion(task, lookFrom(values)) })];
  return [...series, urlOf('task', { task, total_steps: totalFrom(values) })];
}
