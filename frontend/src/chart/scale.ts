/** Between values and pixels of the drawing. */

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly isLog: boolean;
  /** A pixel is `offset + factor * value`, or that of the value's decadic logarithm: for loops that a call would slow down. */
  readonly offset: number;
  readonly factor: number;
}

/** `from` is the pixel of `min`, `to` that of `max`; upside down is allowed. */
export function linearScale(min: number, max: number, from: number, to: number): Scale {
  const factor = (to - from) / (max - min);
  return { min, max, isLog: false, offset: from - min * factor, factor };
}

export function logScale(min: number, max: number, from: number, to: number): Scale {
  return { ...linearScale(Math.log10(min), Math.log10(max), from, to), min, max, isLog: true };
}

/** NaN for what has no place: zero and below on a logarithmic axis. */
export function toPixel({ isLog, offset, factor }: Scale, value: number): number {
  if (!isLog) return offset + factor * value;
  return value > 0 ? offset + factor * Math.log10(value) : Number.NaN;
}

export function toValue({ isLog, offset, factor }: Scale, pixel: number): number {
  const value = (pixel - offset) / factor;
  return isLog ? 10 ** value : value;
}
