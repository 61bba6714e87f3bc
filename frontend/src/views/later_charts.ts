/** What the menus of the charts offer and show, and the charts behind the fold: the code comes when it is needed. */

import { laterParts } from './later';

const parts = laterParts(() => import('./chart_popups'));

export const ChartMenuItems = parts((code) => code.ChartMenuItems);
export const PointsTable = parts((code) => code.PointsTable);

export const AllScalars = laterParts(() => import('./all_scalars'))((code) => code.AllScalars);
