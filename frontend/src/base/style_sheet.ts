/** The host never loads a module's style sheet, and its policy forbids inline ones: each part of the tab brings its own. */
export function adoptStyles(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
