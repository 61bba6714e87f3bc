import { expect, it } from 'vitest';
import { NEED, type Need, Painter } from '../../src/chart/invalidation';

function scene() {
  const frames: (() => void)[] = [];
  const painted: Need[] = [];
  const painter = new Painter((callback) => frames.push(callback));
  return { frames, painted, painter, chart: { paint: (need: Need) => painted.push(need) } };
}

it('A chart is painted once a frame, by the greatest of its needs', () => {
  const { frames, painted, painter, chart } = scene();
  for (const need of [NEED.cursor, NEED.layout, NEED.data, NEED.none]) painter.invalidate(chart, need);
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(painted).toEqual([NEED.layout]);
});

it('A need that arises while painting waits for the next frame', () => {
  const { frames, painted, painter, chart } = scene();
  painter.invalidate({ paint: () => painter.invalidate(chart, NEED.data) }, NEED.data);
  frames[0]?.();
  expect(painted).toEqual([]);
  frames[1]?.();
  expect(painted).toEqual([NEED.data]);
});

it('A chart that is gone is not painted', () => {
  const { frames, painted, painter, chart } = scene();
  painter.invalidate(chart, NEED.data);
  painter.forget(chart);
  frames[0]?.();
  expect(painted).toEqual([]);
});
