import { effect } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../../src/model/axis';
import { nearestMoment, Pointed } from '../../../src/model/view/pointed';

function moment(x: number | null, step: number | null, attempt = 1): Moment {
  return { x, step, attempt, wall_time: null };
}

describe('What the reader points at', () => {
  it('is told once, and no longer when it is over', () => {
    const pointed = new Pointed();
    const told: (number | null)[] = [];
    effect(() => void told.push(pointed.place.value?.x ?? null));
    pointed.point(5, 'chart');
    pointed.point(5, 'chart');
    pointed.point(null, 'chart');
    expect(told).toEqual([null, 5, null]);
  });

  it('is only taken away by whoever has set it', () => {
    const pointed = new Pointed();
    pointed.point(5, 'chart');
    pointed.point(7, 'log');
    pointed.point(null, 'chart');
    expect(pointed.place.value).toEqual({ x: 7, by: 'log' });
  });

  it('is the place of a row on the axis that is chosen', () => {
    const pointed = new Pointed();
    pointed.pointAt(moment(70, 40, 2), 'step', []);
    expect(pointed.place.value?.x).toBe(40);
    pointed.pointAt(moment(70, null, 2), 'step', []);
    expect(pointed.place.value).toBeNull();
  });
});

describe('The nearest row', () => {
  const rows = [moment(70, 40, 2), moment(40, 10, 2), moment(null, null, 2), moment(30, 30), moment(10, 10)];

  it('is the one whose place is least far', () => {
    expect(nearestMoment(rows, 33, 'accumulated', [])).toBe(3);
    expect(nearestMoment(rows, 1e6, 'accumulated', [])).toBe(0);
  });

  it("is the latest attempt's, of several at one step", () => {
    expect(nearestMoment(rows, 11, 'step', [])).toBe(1);
    expect(nearestMoment([...rows].reverse(), 11, 'step', [])).toBe(3);
  });

  it('is none where no row has a place', () => {
    expect(nearestMoment(rows, 5, 'wall', [])).toBeNull();
  });
});
