/** What buttons of the bar show, in one file. */

import styles from '../../styles/bar_popups.css?inline';

export { ExportItems } from './export_items';
export { KeyList } from './key_list';
export { styles };
