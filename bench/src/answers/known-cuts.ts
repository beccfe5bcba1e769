import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { BACKGROUNDS, type BackgroundName, drawComposite } from '../cut-outs/draw-composite.ts';
import { fetchProducts, PRODUCTS } from '../cut-outs/products.ts';

/** A photo, and its product cut from it. */
export interface KnownCut {
  name: string;
  photo: Buffer;
  /** PNG with alpha, as large as the product. */
  cut: Buffer;
}

/** Each product of `cut-outs` on one of its backgrounds; with `STUDIO_BENCH_PHOTOS`, each `NAME.jpg` of that folder that has a `NAME.alpha.png` beside it. */
export async function* knownCuts(): AsyncGenerator<KnownCut> {
  const folder = process.env.STUDIO_BENCH_PHOTOS;
  if (folder !== undefined) {
    for (const file of readdirSync(folder).sort()) {
      const alpha = join(folder, file.replace(/\.jpg$/, '.alpha.png'));
      if (!file.endsWith('.jpg') || !existsSync(alpha)) continue;
      const photo = readFileSync(join(folder, file));
      yield { name: file, photo, cut: await cutFrom(photo, readFileSync(alpha)) };
    }
    return;
  }
  const assets = fetchProducts();
  const backgrounds = Object.keys(BACKGROUNDS) as BackgroundName[];
  for (const [n, product] of PRODUCTS.entries()) {
    const background = backgrounds[n % backgrounds.length] as BackgroundName;
    const { jpeg, alpha } = await drawComposite(assets, product, background, n + 1);
    const side = Math.sqrt(alpha.length);
    const opacity = await sharp(alpha, { raw: { width: side, height: side, channels: 1 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    yield { name: product, photo: jpeg, cut: await cutFrom(jpeg, opacity) };
  }
}

async function cutFrom(photo: Buffer, alpha: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(photo).metadata();
  const opacity = await sharp(alpha)
    .resize(width, height, { fit: 'fill' })
    .toColourspace('b-w')
    // Half-covered pixels of the outline show the photo's background.
    .linear(2, -255)
    .extractChannel(0)
    .png({ compressionLevel: 1 })
    .toBuffer();
  const whole = await sharp(photo).joinChannel(opacity).png({ compressionLevel: 1 }).toBuffer();
  return sharp(whole)
    .trim({ background: { r: 0, g: 0, b: 0, alpha: 0 }, threshold: 1 })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
