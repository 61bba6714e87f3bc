/** The proof of an insight and what was looked at, as their card draws them: the code comes when it is needed. */

import { laterParts } from '../elements/later';

const parts = laterParts(() => import('./insight_details'));

export const Proof = parts((code) => code.Proof);
export const LookedRules = parts((code) => code.LookedRules);
