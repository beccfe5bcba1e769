import sharp from 'sharp';
import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import { type Composed, compositionOf } from './composition.ts';

/** Up to this difference in aspect ratio the picture is cropped to fit; beyond it, too much would be lost. */
export const MAX_CROPPED_RATIO = 1.12;

/**
 * Brings a secondary picture, which is opaque, to its exact size without touching its colours or its background: cropped where a little is lost, else
 * placed whole on a background of its own border colour.
 */
export async function composeSecondary(flat: Raster, { width, height }: FinishSpec): Promise<Composed> {
  const ratio = flat.width / flat.height / (width / height);
  const crop = Math.max(ratio, 1 / ratio) <= MAX_CROPPED_RATIO;
  const [r, g, b] = borderColour(flat);
  const data = await sharp(flat.data, { raw: { width: flat.width, height: flat.height, channels: 3 } })
    .resize(width, height, {
      fit: crop ? 'cover' : 'contain',
      // Attention costs a saliency map and only matters where something is cropped.
      ...(crop && Math.abs(ratio - 1) > 0.005 ? { position: sharp.strategy.attention } : {}),
      background: { r, g, b },
    })
    .removeAlpha()
    .raw()
    .toBuffer();
  const frame = compositionOf({ data, width, height, channels: 3 });
  return { frame, scene: undefined, findings: null };
}

/** The median of the picture's outermost pixels, per channel. */
function borderColour(picture: Raster): [number, number, number] {
  const { data, width, height } = picture;
  const values: [number[], number[], number[]] = [[], [], []];
  const look = (pixel: number): void => {
    for (const c of [0, 1, 2] as const) values[c].push(data[pixel * 3 + c]);
  };
  for (let x = 0; x < width; x++) {
    look(x);
    look((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    look(y * width);
    look(y * width + width - 1);
  }
  const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1] ?? 255;
  return [median(values[0]), median(values[1]), median(values[2])];
}
