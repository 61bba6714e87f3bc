/** A small drawing on a button, 16 pixels wide; and the mark of what folds. */

export function Icon({ path }: { readonly path: string }) {
  return (
    <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export function Chevron() {
  return (
    <svg class="chevron" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
      <path d="M3 1l4 4-4 4" fill="none" stroke="currentColor" stroke-width="1.6" />
    </svg>
  );
}
