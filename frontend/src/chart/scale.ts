/** Between values and pixels of the drawing. */

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly isLog: boolean;
  /** NaN for what has no place: zero and below on a logarithmic axis. */
  toPixel(value: number): number;
  toValue(pixel: number): number;
}

/** `from` is the pixel of `min`, `to` that of `max`; upside down is allowed. */
export function linearScale(min: number, max: number, from: number, to: number): Scale {
  const perValue = (to - from) / (max - min);
  return {
    min,
    max,
    isLog: false,
    toPixel: (value) => from + (value - min) * perValue,
    toValue: (pixel) => min + (pixel - from) / perValue,
  };
}

export function logScale(min: number, max: number, from: number, to: number): Scale {
  const inner = linearScale(Math.log10(min), Math.log10(max), from, to);
  return {
    min,
    max,
    isLog: true,
    toPixel: (value) => (value > 0 ? inner.toPixel(Math.log10(value)) : Number.NaN),
    toValue: (pixel) => 10 ** inner.toValue(pixel),
  };
}
