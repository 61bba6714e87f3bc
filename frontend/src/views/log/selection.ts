/** Rows that the reader has chosen, by their numbers: from one end to the active one. */
export interface Selection {
  readonly anchor: number;
  readonly active: number;
}

export function isWithin(selection: Selection | null, number: number): boolean {
  if (selection === null) return false;
  const { anchor, active } = selection;
  return number >= Math.min(anchor, active) && number <= Math.max(anchor, active);
}
