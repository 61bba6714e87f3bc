/** What the menu of a chart offers and shows, in one file. */

import styles from '../styles/chart_popups.css?inline';

export { ChartMenuItems } from './chart_menu_items';
export { PointsTable } from './chart_table';
export { styles };
