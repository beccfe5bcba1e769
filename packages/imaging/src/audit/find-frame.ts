import { overWhite, type Raster } from '../raster/raster.ts';

/** What makes a band around a picture a frame. Measured on 12 pictures with planted frames and 90 without: 52 photos with known cut-outs, the catalogue's 26 and 12 clean pictures of a shop. */
const THRESHOLDS = {
  /** Levels by which the outermost pixels of a frame differ from the first one at most. Frames measured 0; so do half of the photos, whose insides tell them. */
  same: 14,
  /** Share of the outermost pixels that keep to that colour, and of a line's pixels that have left it where the frame ends, at least. Frames measured 1 twice; photos have left their colour with 0.90 at most on all four sides. */
  most: 0.97,
  /** Levels by which the picture inside differs from the frame at least. Such a share of it differed by 226 in frames, by 10 at most in the others. */
  other: 24,
  /** Width of a frame at most, as a share of the shorter side. Frames measured 0.011 to 0.028; up to 0.14 no photo has one either. */
  widest: 0.07,
  /** Difference between the widths of its four sides at most, as a share of the shorter side, beside a pixel. Frames measured 0; the test of a box on grey has 0.02. */
  uneven: 0.01,
  /** Level of the darkest channel from which on the band is a white background: a box that stands on it has straight sides as well. Frames measured up to 29, off-white backgrounds of photos up to 233 and 245. */
  white: 235,
};

/**
 * Whether a band of one colour, other than white, runs around the whole picture: all of its outermost pixels have one colour, and at the
 * same depth on all four sides whole lines along the sides have left it. A background runs on to where the product stands, so nowhere does a whole line of
 * it end, unless the product is a box; that leaves backgrounds of four different widths.
 */
export function hasFrame(picture: Raster): boolean {
  const { data, width, height } = overWhite(picture);
  const at = (x: number, y: number) => (y * width + x) * 3;
  const colour = [0, 1, 2].map((c) => data[at(0, 0) + c] as number);
  if (Math.min(...colour) >= THRESHOLDS.white) return false;
  const differs = (i: number) =>
    Math.max(
      Math.abs((data[i] as number) - (colour[0] as number)),
      Math.abs((data[i + 1] as number) - (colour[1] as number)),
      Math.abs((data[i + 2] as number) - (colour[2] as number)),
    );
  const lines: ((depth: number) => { from: number; to: number; place: (p: number) => number })[] = [
    (d) => ({ from: d, to: width - d, place: (x) => at(x, d) }),
    (d) => ({ from: d, to: width - d, place: (x) => at(x, height - 1 - d) }),
    (d) => ({ from: d, to: height - d, place: (y) => at(d, y) }),
    (d) => ({ from: d, to: height - d, place: (y) => at(width - 1 - d, y) }),
  ];
  const share = (line: ReturnType<(typeof lines)[number]>, holds: (i: number) => boolean) => {
    let count = 0;
    for (let p = line.from; p < line.to; p++) if (holds(line.place(p))) count++;
    return count / Math.max(1, line.to - line.from);
  };
  if (lines.some((lineAt) => share(lineAt(0), (i) => differs(i) <= THRESHOLDS.same) < THRESHOLDS.most))
    return false;
  const widest = Math.floor(THRESHOLDS.widest * Math.min(width, height));
  const depths = lines.map((lineAt) => {
    for (let depth = 1; depth <= widest; depth++) {
      if (share(lineAt(depth), (i) => differs(i) >= THRESHOLDS.other) >= THRESHOLDS.most) return depth;
    }
    return null;
  });
  const found = depths.filter((depth) => depth !== null);
  const uneven = 1 + THRESHOLDS.uneven * Math.min(width, height);
  return found.length === 4 && Math.max(...found) - Math.min(...found) <= uneven;
}
