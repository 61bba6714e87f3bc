/** All style sheets as one text, in the order in which they build on each other. */

import base from '../styles/base.css?inline';
import charts from '../styles/charts.css?inline';
import controls from '../styles/controls.css?inline';
import layout from '../styles/layout.css?inline';
import log from '../styles/log.css?inline';
import overview from '../styles/overview.css?inline';
import task from '../styles/task.css?inline';
import tokens from '../styles/tokens.css?inline';

export default tokens + base + controls + layout + task + charts + log + overview;
