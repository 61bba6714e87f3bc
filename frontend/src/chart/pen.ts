/** What the drawing asks of a canvas: little enough that a picture in SVG can be written by the same hand. */

export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineJoin'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'save'
  | 'restore'
  | 'beginPath'
  | 'rect'
  | 'clip'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'arc'
  | 'stroke'
  | 'fill'
  | 'fillRect'
  | 'fillText'
  | 'setLineDash'
  | 'translate'
> & { measureText(text: string): { readonly width: number } };

/** The font of all texts in a chart, `size` in pixels of the drawing. */
export function fontOf(size: number, weight = ''): string {
  return `${weight} ${size}px system-ui, sans-serif`.trim();
}

/** What is drawn elsewhere meanwhile is not to be seen. */
export function within(
  pen: Pen,
  left: number,
  top: number,
  width: number,
  height: number,
  draw: () => void,
): void {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  draw();
  pen.restore();
}
