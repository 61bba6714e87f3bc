import { expect, it } from 'vitest';
import { rangeOfAttempt } from '../../../src/views/attempts/range';
import { attempt } from '../../examples';

const second = attempt(2, {
  start_step: 10,
  last_step: 40,
  x_start: 100,
  x_end: 130,
  active_start_s: 60,
  first_at: 5000,
  last_at: 5090,
});

it('An attempt lies where each axis has it', () => {
  expect(rangeOfAttempt(second, 'accumulated')).toEqual({ min: 100, max: 130 });
  expect(rangeOfAttempt(second, 'step')).toEqual({ min: 10, max: 40 });
  expect(rangeOfAttempt(second, 'wall')).toEqual({ min: 5000, max: 5090 });
  expect(rangeOfAttempt(second, 'active')).toEqual({ min: 60, max: 150 });
});

it('An attempt without length or time has no range', () => {
  expect(rangeOfAttempt({ ...second, x_end: 100 }, 'accumulated')).toBeNull();
  expect(rangeOfAttempt({ ...second, first_at: null }, 'wall')).toBeNull();
  expect(rangeOfAttempt({ ...second, active_start_s: null }, 'active')).toBeNull();
});
