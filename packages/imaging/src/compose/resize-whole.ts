import sharp from 'sharp';
import { overWhite, type Raster } from '../raster/raster.ts';
import type { Product } from '../segment/product/find-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import type { Cutout } from './cut-out.ts';
import { type Frame, scaleTo } from './frame.ts';

/** A background this light is white but for the codec's ripples. */
const WHITE = 252;
/** How far the product's size and place may be off their targets, as a share of the frame. */
const OFF_SIZE = 0.02;
const OFF_CENTRE = 0.01;

/**
 * Resizes a picture as a whole, so that it takes its share of the frame, and centres it: for pictures without a background, and for
 * packshots of the local engine, in which a white part that came with its own cut-out could not be told from the white around it.
 */
export async function resizeWhole(
  picture: Raster,
  frame: Frame,
  isEmpty: boolean,
): Promise<{ cutout: Cutout; left: number; top: number }> {
  const whole = overWhite(picture);
  const scale = scaleTo(whole, frame.fill, frame);
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const rgb = await sharp(whole.data, { raw: { width: whole.width, height: whole.height, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return {
    // An empty picture's background is no product, however far from pure white it is.
    cutout: {
      width,
      height,
      rgb: isEmpty ? rgb.fill(255) : rgb,
      alpha: new Uint8Array(width * height).fill(255),
    },
    left: Math.round((frame.width - width) / 2),
    top: Math.round((frame.height - height) / 2),
  };
}

/**
 * A picture that already is what was wanted, a centred product of the right size on white, is resized as a whole:
 * nothing has to be cut, unmixed or moved. Only the background's ripples are smoothed to pure white. Returns `null` for
 * every other picture.
 */
export async function takeCleanPackshot(
  picture: Raster,
  segmentation: Segmentation,
  product: Product,
  frame: Frame,
): Promise<Cutout | null> {
  if (picture.channels !== 3 || !isInPlace(segmentation, product, frame) || !isWhite(segmentation))
    return null;
  const { width, height } = frame;
  const isSize = picture.width === width && picture.height === height;
  const rgb = isSize
    ? Uint8Array.from(picture.data)
    : await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
        .resize(width, height, { fit: 'fill' })
        .raw()
        .toBuffer();
  smoothBackground(rgb, width, height, segmentation);
  return { width, height, rgb, alpha: new Uint8Array(width * height).fill(255) };
}

function isInPlace({ width, height }: Segmentation, { box, reach, touches }: Product, frame: Frame): boolean {
  const fill = Math.max(box.width / width, box.height / height);
  return (
    touches.length === 0 &&
    Math.abs((width * frame.height) / (height * frame.width) - 1) < 0.005 &&
    Math.abs(fill - frame.fill) <= OFF_SIZE &&
    Math.max(reach.width / width, reach.height / height) <= frame.maxReach &&
    Math.abs((box.left + box.width / 2) / width - 0.5) <= OFF_CENTRE &&
    Math.abs((box.top + box.height / 2) / height - 0.5) <= OFF_CENTRE
  );
}

function isWhite({ mask, rgb }: Segmentation): boolean {
  for (let cell = 0, i = 0; cell < mask.length; cell++, i += 3) {
    if (mask[cell] === 1 && Math.min(rgb[i], rgb[i + 1], rgb[i + 2]) < WHITE) return false;
  }
  return true;
}

function smoothBackground(rgb: Uint8Array, width: number, height: number, segmentation: Segmentation): void {
  const columns = Uint16Array.from({ length: width }, (_, x) =>
    Math.floor(((x + 0.5) * segmentation.width) / width),
  );
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * segmentation.height) / height) * segmentation.width;
    for (let x = 0; x < width; x++, i += 3) {
      if (segmentation.mask[row + columns[x]] !== 1) continue;
      // A ripple is a few levels deep; what is darker belongs to the outline.
      if (Math.min(rgb[i], rgb[i + 1], rgb[i + 2]) < WHITE - 4) continue;
      rgb[i] = 255;
      rgb[i + 1] = 255;
      rgb[i + 2] = 255;
    }
  }
}
