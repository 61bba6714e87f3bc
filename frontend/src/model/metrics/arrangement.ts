/** In which order the charts of a group stand: the reader's, and where that says nothing the usual one. */

export function arranged<T extends string>(charts: readonly T[], order: readonly string[]): readonly T[] {
  const place = (chart: T) => (order.includes(chart) ? order.indexOf(chart) : order.length);
  return [...charts].sort((a, b) => place(a) - place(b) || charts.indexOf(a) - charts.indexOf(b));
}

/** The order in which one chart of the group has gone `by` places on; nothing is named that stands where it usually does. */
export function moved<T extends string>(
  charts: readonly T[],
  order: readonly string[],
  chart: T,
  by: -1 | 1,
): readonly string[] {
  const group = [...arranged(charts, order)];
  const at = group.indexOf(chart);
  const other = group[at + by];
  if (at < 0 || other === undefined) return order;
  [group[at], group[at + by]] = [other, chart];
  const elsewhere = order.filter((one) => !charts.some((member) => member === one));
  const isUsual = group.every((one, index) => one === charts[index]);
  return isUsual ? elsewhere : [...elsewhere, ...group];
}
