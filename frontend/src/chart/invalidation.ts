/** Draws by need: each chart says how much of it is out of date, and all of them are painted once in the next frame. */

/** Each level includes those before it. */
export const NEED = { none: 0, cursor: 1, data: 2, layout: 3 } as const;
export type Need = (typeof NEED)[keyof typeof NEED];

export interface Paintable {
  paint(need: Need): void;
}

export type RequestFrame = (callback: () => void) => unknown;

export class Painter {
  readonly #requestFrame: RequestFrame;
  readonly #needs = new Map<Paintable, Need>();

  constructor(requestFrame: RequestFrame) {
    this.#requestFrame = requestFrame;
  }

  invalidate(chart: Paintable, need: Need): void {
    if (need === NEED.none) return;
    if (this.#needs.size === 0) this.#requestFrame(() => this.#paint());
    this.#needs.set(chart, Math.max(need, this.#needs.get(chart) ?? NEED.none) as Need);
  }

  forget(chart: Paintable): void {
    this.#needs.delete(chart);
  }

  #paint(): void {
    const needs = [...this.#needs];
    this.#needs.clear();
    for (const [chart, need] of needs) chart.paint(need);
  }
}
