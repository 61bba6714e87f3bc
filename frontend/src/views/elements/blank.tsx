/** The place of a chart or of a list that has nothing to show. */

import type { ComponentChildren } from 'preact';

export function Blank({ children }: { readonly children: ComponentChildren }) {
  return <div class="blank">{children}</div>;
}
