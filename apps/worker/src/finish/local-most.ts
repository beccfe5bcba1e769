// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { max, min } = Math;

/** The largest value within `reach` pixels along rows and columns (a square), at every pixel. */
export function localMost(values: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const rows = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      let most = 0;
      const last = row + min(width - 1, x + reach);
      for (let i = row + max(0, x - reach); i <= last; i++) {
        if ((values[i] as number) > most) most = values[i] as number;
      }
      rows[row + x] = most;
    }
  }
  const out = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    const first = max(0, y - reach) * width;
    const last = min(height - 1, y + reach) * width;
    for (let x = 0; x < width; x++) {
      let most = 0;
      for (let i = first + x; i <= last + x; i += width) {
        if ((rows[i] as number) > most) most = rows[i] as number;
      }
      out[y * width + x] = most;
    }
  }
  return out;
}
