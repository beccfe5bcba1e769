import { preparePhoto } from '@image-studio/imaging/bench';
import sharp from 'sharp';
import { cpuTime } from './cpu-time.ts';
import type { Verdict } from './verdict.ts';

const LIMITS = { maxPixels: 50e6, minSide: 1, maxSide: 1536, maxBytes: 15e6, keepAlpha: false };
const LEAST_SAVED = 0.7;

/**
 * The photo as the model gets it, against the same pixels as PNG: what is uploaded and stored for each call. PNG as
 * small as it gets (level 9, adaptive filters), which is also the original plan's `optimize=True`.
 */
export async function intermediates(photos: Buffer[]): Promise<Verdict[]> {
  const rows: Record<string, { bytes: number; ms: number }> = {};
  const add = (name: string, bytes: number, ms: number) => {
    const row = rows[name] ?? { bytes: 0, ms: 0 };
    rows[name] = row;
    row.bytes += bytes / photos.length;
    row.ms += ms / photos.length;
  };
  for (const data of photos) {
    const photo = { url: 'https://x.example/a.jpg', name: 'a.jpg', stem: 'a', data };
    const ours = await cpuTime(() => preparePhoto(photo, LIMITS, new AbortController().signal));
    add('this product (JPEG q90), decoding included', ours.result.data.length, ours.ms);
    const { data: pixels, info } = await sharp(data)
      .resize(ours.result.width, ours.result.height, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const raster = () => sharp(pixels, { raw: { width, height, channels } });
    for (const [name, encode] of Object.entries({
      'PNG, smallest': () => raster().png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer(),
      'JPEG q90': () => raster().jpeg({ quality: 90 }).toBuffer(),
      'WebP q85 effort 2': () => raster().webp({ quality: 85, effort: 2 }).toBuffer(),
      'WebP q85 effort 6': () => raster().webp({ quality: 85, effort: 6 }).toBuffer(),
    })) {
      const { result, ms } = await cpuTime(encode);
      add(name, result.length, ms);
    }
  }
  const png = rows['PNG, smallest']?.bytes ?? 0;
  const saved = (bytes: number) => 1 - bytes / png;
  console.log(`\nPhoto as the model gets it, mean of ${photos.length}`);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, { bytes, ms }]) => [
        name,
        {
          KiB: Math.round(bytes / 1024),
          'against PNG': `-${(100 * saved(bytes)).toFixed(1)} %`,
          'CPU ms': Math.round(ms),
        },
      ]),
    ),
  );
  const ours = saved(Object.values(rows)[0]?.bytes ?? png);
  return [
    {
      target: 'intermediate at least 70 % smaller than PNG',
      measured: `${(100 * ours).toFixed(1)} %`,
      met: ours >= LEAST_SAVED,
    },
  ];
}
