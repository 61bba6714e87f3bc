/** What buttons of the bar show, as the bar draws it: the code comes when it is needed. */

import { laterParts } from '../elements/later';

const parts = laterParts(() => import('./bar_popups'));

export const ExportItems = parts((code) => code.ExportItems);
export const KeyList = parts((code) => code.KeyList);
