/** The training log, as the page draws it: it stands below the charts or beside them, and comes after them. */

import { laterParts } from './later';
import { LogSkeleton } from './log_skeleton';

export const TrainingLog = laterParts(
  () => import('./training_log'),
  LogSkeleton,
)((code) => code.TrainingLog);
