/**
 * Which rows of the log are on the page. All rows have one height, so that where a row is follows from its number alone,
 * and a hundred thousand rows scroll like two hundred.
 */

export interface LogWindow {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

const ONE_LINE = 28;
const TWO_LINES = 46;
/** Below this width the style sheet puts a row's text on a line of its own. */
const NARROW = 520;
/** Rows drawn beyond each edge, so that a quick scroll finds them there. */
const MARGIN_ROWS = 8;
/** Older rows are asked for when this few are left below. */
const AHEAD_ROWS = 20;

export function rowHeightFor(width: number): number {
  return width < NARROW ? TWO_LINES : ONE_LINE;
}

/** The first row to draw, and the one after the last. */
export function rowsInSight({ top, height, rowHeight }: LogWindow): readonly [number, number] {
  const first = Math.floor(top / rowHeight) - MARGIN_ROWS;
  return [Math.max(0, first), Math.ceil((top + height) / rowHeight) + MARGIN_ROWS];
}

export function isNearEnd({ top, height, rowHeight }: LogWindow, rows: number): boolean {
  return top > 0 && rows - (top + height) / rowHeight < AHEAD_ROWS;
}

/** How many rows came above the one that was the topmost, or null where that one is gone: then it is another list. */
export function addedAbove(
  rows: readonly { readonly id: string }[],
  topmost: string | undefined,
): number | null {
  const index = rows.findIndex((row) => row.id === topmost);
  return index < 0 ? null : index;
}
