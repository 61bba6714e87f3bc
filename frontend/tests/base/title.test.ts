import { describe, expect, it } from 'vitest';
import { titleMarker } from '../../src/base/title';

describe('The mark before a title', () => {
  it('comes, changes and goes, and the title stays', () => {
    const page = { title: 'TensorBoard' };
    const mark = titleMarker(page);
    mark('✗');
    expect(page.title).toBe('✗ TensorBoard');
    mark('✓');
    expect(page.title).toBe('✓ TensorBoard');
    mark(null);
    expect(page.title).toBe('TensorBoard');
  });

  it('leaves a title alone that the page has given itself meanwhile', () => {
    const page = { title: 'TensorBoard' };
    const mark = titleMarker(page);
    mark('✗');
    page.title = 'Another';
    mark(null);
    expect(page.title).toBe('Another');
  });
});
