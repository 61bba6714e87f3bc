/** The list of all scalars, as the fold group draws it: the code comes when the group is opened. */

import { laterParts } from '../elements/later';

export const AllScalars = laterParts(() => import('./all_scalars'))((code) => code.AllScalars);
