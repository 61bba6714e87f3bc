import { describe, expect, it } from 'vitest';
import { lifeOf } from '../../src/base/life';

function hidden(persisted: boolean): boolean {
  const page = new EventTarget();
  const life = lifeOf(page as Window);
  page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));
  return life.aborted;
}

describe("A page's life", () => {
  it('ends when the page goes for good', () => expect(hidden(false)).toBe(true));
  it('goes on while the browser keeps the page for "back"', () => expect(hidden(true)).toBe(false));
});
