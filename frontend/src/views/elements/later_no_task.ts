/** What stands in for tasks, as the page draws it: few ever see it, and the server that says so has its code too. */

import { laterParts } from './later';

const parts = laterParts(() => import('./no_task'));

export const CannotOpen = parts((code) => code.CannotOpen);
export const EmptyLogDirectory = parts((code) => code.EmptyLogDirectory);
export const NoLogDirectory = parts((code) => code.NoLogDirectory);
export const UnreadLogDirectory = parts((code) => code.UnreadLogDirectory);
