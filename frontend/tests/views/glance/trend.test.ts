import { describe, expect, it } from 'vitest';
import { trendOf } from '../../../src/views/glance/trend';

const trend = (smoothed: readonly (number | null)[], attempt = smoothed.map(() => 1)) =>
  trendOf({ smoothed, attempt });
const line = (from: number, to: number, points: number) =>
  Array.from({ length: points }, (_, at) => from + ((to - from) * at) / (points - 1));

describe('The trend of a metric', () => {
  it('compares the latest fifty smoothed points, ends included', () => {
    expect(trend([9, 9, 9, ...line(2, 1.92, 50)])?.words).toBe('falling, −4% over the last 50 points');
    expect(trend(line(1, 2.5, 10))?.words).toBe('rising, +150% over the last 10 points');
  });

  it('is flat where next to nothing changed', () => {
    expect(trend(line(2, 2.004, 20))).toMatchObject({
      direction: 'flat',
      words: 'flat over the last 20 points',
    });
    expect(trend(line(0, 0, 20))?.direction).toBe('flat');
  });

  it('is flat where the change is lost in the noise, and is not where it stands out', () => {
    const noisy = line(2, 2.02, 50).map((value, at) => value + 0.02 * Math.sin(at * at));
    expect(trend(noisy)?.direction).toBe('flat');
    const decays = line(0, 6, 50).map((value) => 1 + 3 * Math.exp(-value));
    expect(trend(decays)?.direction).toBe('falling');
    expect(trend([...line(2, 2, 40), ...line(3, 3, 10)])?.direction).toBe('rising');
    expect(trend([...line(2, 2, 49), 9])?.direction).toBe('rising');
  });

  it('is none where the latest is no number, but its course stays', () => {
    const found = trend([2, 1.9, 1.8, 1.6, 1.5, null]);
    expect(found).toMatchObject({ direction: null, words: '' });
    expect(found?.values).toHaveLength(6);
  });

  it('is that of the latest attempt: a restart is no rise', () => {
    const smoothed = [...line(2, 1, 20), ...line(5, 4, 10)];
    const found = trend(smoothed, [...Array(20).fill(1), ...Array(10).fill(2)]);
    expect(found).toMatchObject({ direction: 'falling', words: 'falling, −20% over the last 10 points' });
    expect(found?.values).toHaveLength(10);
  });

  it('passes over what is not finite, and keeps its place', () => {
    const found = trend([2, null, 1.8, 1.6, 1.5, 1.4]);
    expect(found?.words).toBe('falling, −30% over the last 6 points');
    expect(found?.values[1]).toBeNull();
  });

  it('names the difference where a share means nothing', () => {
    expect(trend(line(0, 0.001, 10))?.words).toBe(
      'rising, +1e-3 over the last 10 points'.replace('1e-3', '0.001'),
    );
  });

  it('is not told by fewer than five points', () => {
    expect(trend([1, 2, 3, 4])).toBeNull();
    expect(trend([])).toBeNull();
  });
});
