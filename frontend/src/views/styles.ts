/** The style sheets that every page needs as one text, in the order in which they build on each other. */

import bar from '../styles/bar.css?inline';
import base from '../styles/base.css?inline';
import both from '../styles/both.css?inline';
import controls from '../styles/controls.css?inline';
import layout from '../styles/layout.css?inline';
import tokens from '../styles/tokens.css?inline';

export default tokens + base + controls + layout + both + bar;
