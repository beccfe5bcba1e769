import sharp from 'sharp';
import type { Raster } from '../raster/raster.ts';
import { analyseScene } from '../segment/analyse-scene.ts';

/** Share of the product's box that a close-up shows. */
const SHOWN = 0.55;

/**
 * A close-up: the part of the product with the most detail, cropped from the photo itself. Nothing is invented, so it
 * cannot be sharper than the photo.
 */
export async function closeUp(photo: Raster, width: number, height: number): Promise<Raster> {
  const area = areaOf(photo);
  const ratio = width / height;
  const cropWidth = Math.max(1, Math.round(Math.min(area.width, area.height * ratio) * SHOWN));
  const cropHeight = Math.max(1, Math.min(area.height, Math.round(cropWidth / ratio)));
  const raw = { width: photo.width, height: photo.height, channels: photo.channels };
  const region = await sharp(photo.data, { raw }).extract(area).png({ compressionLevel: 0 }).toBuffer();
  const detail = await sharp(region)
    .resize(cropWidth, cropHeight, { fit: 'cover', position: sharp.strategy.entropy, withoutReduction: true })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const data = await sharp(detail).resize(width, height, { fit: 'cover' }).removeAlpha().raw().toBuffer();
  return { data, width, height, channels: 3 };
}

function areaOf(photo: Raster): { left: number; top: number; width: number; height: number } {
  const scene = analyseScene(photo, { shadow: 'keep' });
  if (!scene?.product) return { left: 0, top: 0, width: photo.width, height: photo.height };
  const { segmentation } = scene;
  const { box } = scene.product;
  const left = Math.floor((box.left * photo.width) / segmentation.width);
  const top = Math.floor((box.top * photo.height) / segmentation.height);
  return {
    left,
    top,
    width: Math.max(1, Math.floor((box.width * photo.width) / segmentation.width)),
    height: Math.max(1, Math.floor((box.height * photo.height) / segmentation.height)),
  };
}
