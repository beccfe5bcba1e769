/** The largest value within `reach` pixels along rows and columns (a square), at every pixel. */
export function localMost(values: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const rows = new Uint8Array(values.length);
  const line = new Uint8Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    line.set(values.subarray(row, row + width), reach);
    // What is left of earlier lines beside it.
    line.fill(0, 0, reach);
    line.fill(0, reach + width);
    const length = mostAhead(line, line.length, 1, 2 * reach + 1);
    rows.set(line.subarray(0, length), row);
  }
  // Along the columns all at once, from one row to the next.
  const columns = new Uint8Array(width * (height + 2 * reach));
  columns.set(rows, reach * width);
  mostAhead(columns, columns.length, width, 2 * reach + 1);
  return columns.subarray(0, values.length);
}

/**
 * Makes every value the largest of the `span` values from there on, `stride` apart, in place, by windows that double.
 * Returns how many there are left, as the last ones have no full window.
 */
function mostAhead(values: Uint8Array, length: number, stride: number, span: number): number {
  let window = 1;
  let left = length;
  while (window < span) {
    const by = Math.min(window, span - window);
    const ahead = by * stride;
    left -= ahead;
    for (let i = 0; i < left; i++) {
      const other = values[i + ahead] as number;
      if (other > (values[i] as number)) values[i] = other;
    }
    window += by;
  }
  return left;
}
