/** Colours of the charts, each with 3:1 contrast against its background and apart for colour-blind eyes. */

import type { Theme } from '../base/theme';

/** Which of the lines it is: training in one colour everywhere, evaluation in another. */
export type Tone = 'training' | 'evaluation' | 'schedule' | 'speed' | 'other';

export interface Palette {
  readonly line: Readonly<Record<Tone, string>>;
  readonly rawAlpha: number;
  /** Of a raw line whose points stand apart: an evaluation's are too few to be noise. */
  readonly sparseAlpha: number;
  readonly text: string;
  readonly grid: string;
  readonly boundary: string;
  readonly mark: string;
  readonly surface: string;
  /** Of labels that lie on the lines. */
  readonly strongText: string;
}

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    line: {
      training: '#0072b2',
      evaluation: '#d55e00',
      schedule: '#009e73',
      speed: '#cc79a7',
      other: '#0072b2',
    },
    rawAlpha: 0.3,
    sparseAlpha: 0.55,
    text: '#5c6570',
    grid: '#e9ecef',
    boundary: '#7b8794',
    mark: '#b3261e',
    surface: '#ffffff',
    strongText: '#1c2127',
  },
  dark: {
    line: {
      training: '#56b4e9',
      evaluation: '#e69f00',
      schedule: '#009e73',
      speed: '#f0e442',
      other: '#56b4e9',
    },
    rawAlpha: 0.34,
    sparseAlpha: 0.55,
    text: '#a3adb8',
    grid: '#2b3138',
    boundary: '#8a95a1',
    mark: '#ff8a80',
    surface: '#1b1f24',
    strongText: '#e6e9ec',
  },
};

export function faint(colour: string, alpha: number): string {
  const hex = Math.round(alpha * 255).toString(16);
  return `${colour}${hex.padStart(2, '0')}`;
}
