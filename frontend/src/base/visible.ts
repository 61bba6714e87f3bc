/** Names that others gave, as they can be read: by an eye, in one line, in one direction. */

/** What turns the direction of a text, or is a control character: it would move or hide what stands beside it. */
const UNSEEN = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

export function visible(name: string): string {
  const shown = name.replace(UNSEEN, '\ufffd');
  return shown.trim() === '' ? `“${shown}”` : shown;
}

/** What turns the direction of a text, and control characters but for line ends and tabs. */
const MISLEADING = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu;

/** What was said, rather than a name: it may have lines, and letters of any script with what joins them. */
export function visibleText(text: string): string {
  return text.replace(MISLEADING, '\ufffd');
}

/** A name that somebody else gave, where there is room for one line. */
export function named(name: string): string {
  return shortened(visible(name));
}

/** More letters than these are nobody's to read. */
const LONGEST = 96;

/** Shortened in the middle: where names differ, they do at their ends. */
export function shortened(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}
