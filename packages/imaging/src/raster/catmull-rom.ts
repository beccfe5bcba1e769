/** The weight of a neighbour `x` pixels away in the Catmull–Rom cubic, which mixes four of them. */
export function catmullRom(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}
