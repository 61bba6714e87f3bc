/** Of all questions put through one `Newest`, only the last one's answer counts. */
export class Newest {
  #asked = 0;
  #abort: AbortController | null = null;

  /** Asks, and answers null where a newer question (or `drop`) has made this one stale meanwhile. */
  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.drop();
    const turn = this.#asked;
    const abort = new AbortController();
    this.#abort = abort;
    const answer = await question(abort.signal);
    return turn === this.#asked ? answer : null;
  }

  drop(): void {
    this.#asked += 1;
    this.#abort?.abort();
    this.#abort = null;
  }
}
