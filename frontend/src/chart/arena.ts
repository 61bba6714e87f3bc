/** Room for columns that live as long as one drawing: three times a second, new ones would keep the collector busy. */

export class Arena {
  #all = new Float64Array(0);
  #used = 0;

  /** Everything that was taken may be overwritten from here on. */
  reset(): void {
    this.#used = 0;
  }

  /** A column with whatever was in it before. */
  take(length: number): Float64Array {
    if (this.#used + length > this.#all.length) {
      this.#all = new Float64Array(2 * (this.#used + length));
      this.#used = 0;
    }
    this.#used += length;
    return this.#all.subarray(this.#used - length, this.#used);
  }
}
