/** What the menu of a chart offers and shows, and what explains it, in one file. */

import styles from '../../styles/chart_popups.css?inline';

export { ExpectedLoss } from './expected';
export { Absent, Explained } from './explanation';
export { ChartMenuItems } from './menu_items';
export { PointsTable } from './table';
export { styles };
