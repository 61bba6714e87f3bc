/** The style of what fills a bar: moved into sight rather than made wider, so that nothing is laid out anew for it. */
export function fillStyle(share: number | null): string {
  return `translate: ${((share ?? 0) - 1) * 100}%`;
}
