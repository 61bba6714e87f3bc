/** Puts a text into the clipboard; whether that went well. Without HTTPS browsers have no clipboard but that of `copy`. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByEvent(text);
  }
}

function copiedByEvent(text: string): boolean {
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', put, true);
  const done = document.execCommand('copy');
  document.removeEventListener('copy', put, true);
  return done;
}
