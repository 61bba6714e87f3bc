/** Has the browser save what is at `url`. */
export function download(url: string, name = ''): void {
  // In TensorBoard's page: Firefox lets nothing be saved that a frame with our page's policy asks for.
  const page = window.parent.document;
  const link = page.createElement('a');
  link.href = new URL(url, document.baseURI).href;
  link.download = name;
  page.body.append(link);
  link.click();
  link.remove();
}

export function downloadBlob(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  download(url, name);
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
