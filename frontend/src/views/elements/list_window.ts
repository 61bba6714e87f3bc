/**
 * Which rows of the log are on the page. All rows have one height, so that where a row is follows from its index alone (0 is
 * the newest), and a hundred thousand rows scroll like two hundred.
 */

export interface LogWindow {
  /** Pixels that the box is scrolled by, and sees. */
  readonly scroll: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly rows: number;
}

const ONE_LINE = 28;
const TWO_LINES = 46;
/** Below this width the style sheet puts a row's text on a line of its own. */
const NARROW = 520;
/** Rows drawn beyond each edge, so that a quick scroll finds them there. */
const MARGIN_ROWS = 8;
/** Browsers cut boxes that are taller than some 9 million pixels (at two device pixels each): beyond, a pixel scrolls further. */
export const TALLEST = 8_000_000;

export function rowHeightFor(width: number): number {
  return width < NARROW ? TWO_LINES : ONE_LINE;
}

/** How far the rows move when the box is scrolled by a pixel. */
export function stretchOf({ rows, rowHeight, height }: LogWindow): number {
  const full = rows * rowHeight;
  return full <= TALLEST ? 1 : (full - height) / (TALLEST - height);
}

export function boxHeight({ rows, rowHeight }: LogWindow): number {
  return Math.min(rows * rowHeight, TALLEST);
}

/**
 * The first row to draw, the one after the last, and where in the box the first one lies; without a margin where nobody is about to
 * scroll.
 */
export function rowsInSight(window: LogWindow, margin = MARGIN_ROWS): readonly [number, number, number] {
  const { scroll, height, rowHeight, rows } = window;
  const top = scroll * stretchOf(window);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), rows) - margin);
  const last = Math.min(rows, Math.ceil((top + height) / rowHeight) + margin);
  return [first, last, first * rowHeight - top + scroll];
}

/** The row at so many pixels below the upper edge, or null where there is none. */
export function rowAt(window: LogWindow, y: number): number | null {
  const index = Math.floor((window.scroll * stretchOf(window) + y) / window.rowHeight);
  return index >= 0 && index < window.rows ? index : null;
}

/** Where to scroll to so that the row is in sight, moving as little as possible. */
export function scrollTo(window: LogWindow, index: number): number {
  const { scroll, height, rowHeight } = window;
  const stretch = stretchOf(window);
  const top = scroll * stretch;
  const row = index * rowHeight;
  if (row < top) return row / stretch;
  return row + rowHeight > top + height ? (row + rowHeight - height) / stretch : scroll;
}
