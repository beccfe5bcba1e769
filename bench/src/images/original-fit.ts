import sharp from 'sharp';

export interface FitResult {
  data: Buffer;
  encodes: number;
}

const TRIES = 5;
const QUALITY = 85;
/** Of each side, from one try to the next. */
const SHRINK = 0.8;

/**
 * The size fit of the original plan: WebP at quality 85 and the slowest method; while that is too large, a fifth off
 * each side and again, five times at most. The last try is taken whatever its size.
 */
export async function originalFit(
  raster: { data: Uint8Array; width: number; height: number; channels: 3 | 4 },
  maxBytes: number,
): Promise<FitResult> {
  const { data, ...raw } = raster;
  let { width, height } = raster;
  for (let encodes = 1; ; encodes += 1) {
    const file = await sharp(data, { raw })
      .resize(width, height, { fit: 'fill' })
      .webp({ quality: QUALITY, effort: 6 })
      .toBuffer();
    if (file.length <= maxBytes || encodes === TRIES) return { data: file, encodes };
    width = Math.round(width * SHRINK);
    height = Math.round(height * SHRINK);
  }
}
