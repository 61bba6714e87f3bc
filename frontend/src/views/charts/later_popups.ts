/** What the menus of the charts offer and show, as the charts draw it: the code comes when it is needed. */

import { laterParts } from '../elements/later';

const parts = laterParts(() => import('./chart_popups'));

export const ChartMenuItems = parts((code) => code.ChartMenuItems);
export const PointsTable = parts((code) => code.PointsTable);
