import { describe, expect, it } from 'vitest';
import { type Page, View } from '../../../src/model/view/view';

/** TensorBoard's page, which goes to another hash. */
function host() {
  const page = Object.assign(new EventTarget(), {
    location: { pathname: '/', search: '', hash: '#trainmon&p.trainmon.task=a' },
    history: { state: null, replaceState: () => {} },
  });
  const goTo = (task: string) => {
    page.location.hash = `#trainmon&p.trainmon.task=${task}`;
    page.dispatchEvent(new Event('hashchange'));
  };
  return { page: page as unknown as Page, goTo };
}

describe('The view', () => {
  it("follows the hash of TensorBoard's page as long as ours lives, and no longer", () => {
    const { page, goTo } = host();
    const life = new AbortController();
    const { values } = new View(page, life.signal);
    goTo('b');
    expect(values.value.task).toBe('b');
    life.abort();
    goTo('c');
    expect(values.value.task).toBe('b');
  });
});
