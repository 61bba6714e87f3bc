/** The browser's own notifications: whether they may be shown, and showing one. */

/** Asks the reader's leave; answers null if it is given, else why not and what to do. */
export async function notificationsRefused(window: Window & typeof globalThis): Promise<string | null> {
  if (!window.isSecureContext)
    return 'Browsers show notifications only for pages from https:// or localhost: forward the port to your own machine (ssh -L).';
  if (!('Notification' in window)) return 'This browser has no notifications.';
  const leave = await window.Notification.requestPermission();
  if (leave === 'granted') return null;
  return leave === 'denied'
    ? 'The browser refuses notifications from this page. Allow them in its settings for this site, then try again.'
    : 'Notifications stay off until the browser’s question is answered with “Allow”.';
}

export interface Note {
  readonly title: string;
  readonly text: string;
  /** Of those with one tag, the browser shows the latest alone: several tabs tell one thing once. */
  readonly tag: string;
}

export function notify(window: Window & typeof globalThis, note: Note, onClick: () => void): void {
  if (!('Notification' in window) || window.Notification.permission !== 'granted') return;
  try {
    const shown = new window.Notification(note.title, { body: note.text, tag: note.tag });
    shown.onclick = onClick;
  } catch {
    // Android's Chrome shows notifications for service workers only: the page's title still has its mark.
  }
}
