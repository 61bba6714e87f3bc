/** Room for columns that live as long as one drawing: three times a second, new ones would keep the collector busy. */

let room = new Float64Array(0);
let used = 0;

/** Another drawing begins: every column that was taken may be overwritten from here on. */
export function freeColumns(): void {
  used = 0;
}

/** A column with whatever was in it before. */
export function takeColumn(length: number): Float64Array {
  if (used + length > room.length) {
    room = new Float64Array(2 * (used + length));
    used = 0;
  }
  used += length;
  return room.subarray(used - length, used);
}
