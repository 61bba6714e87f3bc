/** What the menu of a chart offers and shows, in one file. */

import styles from '../../styles/chart_popups.css?inline';

export { ChartMenuItems } from './menu_items';
export { PointsTable } from './table';
export { styles };
