/** What the menus of the charts offer and show, and their explanations, as the charts draw it: the code comes when it is needed. */

import { laterParts } from '../elements/later';

const parts = laterParts(() => import('./chart_popups'));

export const Absent = parts((code) => code.Absent);
export const Explained = parts((code) => code.Explained);
export const ChartMenuItems = parts((code) => code.ChartMenuItems);
export const ExpectedLoss = parts((code) => code.ExpectedLoss);
export const PointsTable = parts((code) => code.PointsTable);
