/** Puts a mark before a page's title and takes it away again, whatever the page itself makes of its title. */
export function titleMarker(page: { title: string }): (mark: string | null) => void {
  let put = '';
  return (mark) => {
    const bare = page.title.startsWith(put) ? page.title.slice(put.length) : page.title;
    put = mark === null ? '' : `${mark} `;
    page.title = put + bare;
  };
}
