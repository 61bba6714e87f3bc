/** The training log, as the page draws it: it stands below the charts or beside them, and comes after them. */

import { laterParts } from '../elements/later';
import { LogSkeleton } from './skeleton';

export const TrainingLog = laterParts(
  () => import('./training_log'),
  LogSkeleton,
)((code) => code.TrainingLog);
