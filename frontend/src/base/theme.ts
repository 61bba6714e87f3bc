/** TensorBoard's theme. No API tells a plugin of it: the class on the parent page's body does. */

export type Theme = 'light' | 'dark';

export function themeOf(body: HTMLElement): Theme {
  return body.classList.contains('dark-mode') ? 'dark' : 'light';
}

/** Calls back with the theme now and whenever it changes, as long as our page lives. */
export function followTheme(body: HTMLElement, life: AbortSignal, onTheme: (theme: Theme) => void): void {
  const observer = new MutationObserver(() => onTheme(themeOf(body)));
  observer.observe(body, { attributes: true, attributeFilter: ['class'] });
  life.addEventListener('abort', () => observer.disconnect());
  onTheme(themeOf(body));
}
