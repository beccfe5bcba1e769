import { downsampled } from '../raster/downsample.ts';
import type { Raster } from '../raster/raster.ts';
import type { Scene } from '../segment/analyse-scene.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { paletteOf, type Swatch } from './palette.ts';

/** How colours are read off a photo. The agreement that comes of them is measured in
 * `check-colour.ts`; halved and doubled over 102 right and 55 wrong answers of `npm run bench -- answers`.
 */
const THRESHOLDS = {
  /** Longer side, in pixels, of the map on which the colours of a whole picture are counted: enough for parts of a hundredth of the frame. None is judged otherwise. */
  mapSide: 200,
  /** Level of a background's darkest channel below which it was not meant to be white. Backgrounds from white to cloth measured 195 to 233, others 10 to 53; none is judged otherwise. */
  minWhite: 110,
  /** Levels between a background's channels above which it was not meant to be white: off-white had 4, cloth 30, peach 65. None is judged otherwise. */
  maxCast: 45,
  /** Exponent from bytes to linear light, nearly that of sRGB. Halved, none is judged otherwise; doubled, a right answer in warmer light is called wrong. */
  gamma: 2.2,
};

export interface ProductColours {
  palette: Swatch[];
  /** Whether the product could be told from what is behind it; else the colours are those of the whole picture. */
  isApart: boolean;
}

/** The colours of a photo's product, without the cast that a whitish background shows; those of the whole photo where no product was found. */
export function photoColours(photo: Raster, scene: Scene | null): ProductColours {
  if (!scene?.product) {
    const { data } = downsampled(photo, THRESHOLDS.mapSide).rgb;
    return { palette: paletteOf(data, () => true), isApart: false };
  }
  const { segmentation } = scene;
  return {
    palette: paletteOf(segmentation.rgb, isProduct(segmentation), gainsOf(segmentation)),
    isApart: true,
  };
}

/** The colours of a product that stands on pure white; `segmentation` after its product was found. */
export function coloursOnWhite(segmentation: Segmentation): Swatch[] {
  return paletteOf(segmentation.rgb, isProduct(segmentation));
}

/** The colours of a whole picture. */
export function allColours(picture: Raster): Swatch[] {
  return paletteOf(downsampled(picture, THRESHOLDS.mapSide).rgb.data, () => true);
}

function isProduct({ mask }: Segmentation): (pixel: number) => boolean {
  return (pixel) => mask[pixel] === 0;
}

/** The factor for each channel that makes a whitish background grey; `[1, 1, 1]` for any other. Brightness stays as it is. */
function gainsOf({ rgb, mask }: Segmentation): [number, number, number] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    if (mask[pixel] !== 1) continue;
    count++;
    for (let c = 0; c < 3; c++) sums[c] = sums[c] + rgb[i + c];
  }
  const [red = 0, green = 0, blue = 0] = sums.map((sum) => sum / Math.max(1, count));
  const darkest = Math.min(red, green, blue);
  if (darkest < THRESHOLDS.minWhite || Math.max(red, green, blue) - darkest > THRESHOLDS.maxCast)
    return [1, 1, 1];
  const mean = (red + green + blue) / 3;
  const gain = (value: number): number => (mean / value) ** THRESHOLDS.gamma;
  return [gain(red), gain(green), gain(blue)];
}
