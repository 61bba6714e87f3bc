/** Does something again and again, each time after the last answer is in; slower and slower while it fails. */

/** How an attempt went; 'soon': well, but the answer is to be asked for again at once. */
export type Outcome = 'well' | 'soon' | 'badly';

const SOON_MS = 300;

const SLOWEST_MS = 15_000;

export class Pulse {
  readonly #action: () => Promise<Outcome>;
  readonly #periodMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #turn = 0;
  #beating = false;

  constructor(periodMs: number, action: () => Promise<Outcome>) {
    this.#periodMs = periodMs;
    this.#action = action;
  }

  /** Begins with a beat at once; does nothing if it beats already. */
  start(): void {
    if (this.#beating) return;
    this.#beating = true;
    void this.#beat();
  }

  stop(): void {
    this.#beating = false;
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  /** Beats now rather than when the next beat is due. */
  hurry(): void {
    if (!this.#beating) return;
    this.stop();
    this.start();
  }

  async #beat(): Promise<void> {
    const turn = this.#turn;
    const outcome = await this.#action();
    if (turn !== this.#turn) return;
    this.#failures = outcome === 'badly' ? this.#failures + 1 : 0;
    const delay = outcome === 'soon' ? Math.min(SOON_MS, this.#periodMs) : this.#delay();
    this.#timer = setTimeout(() => void this.#beat(), delay);
  }

  #delay(): number {
    return Math.min(this.#periodMs * 2 ** this.#failures, Math.max(SLOWEST_MS, this.#periodMs));
  }
}
