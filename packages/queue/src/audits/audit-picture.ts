import { PictureMeasures, type SkuInput } from '@image-studio/contract';
import { z } from 'zod';
import type { AuditedPicture, PictureResult } from './audit-state.ts';

/** Places of SKUs that are kept of each picture. */
const MOST_SKUS = 10;

/** Address, places of SKUs, how many there are, whether it is the first picture of one. */
const Stored = z.tuple([z.string(), z.array(z.int()), z.int(), z.union([z.literal(0), z.literal(1)])]);

const StoredResult = z.object({
  m: PictureMeasures,
  /** Profile, key of the demand, what was measured. */
  f: z.array(z.tuple([z.string(), z.string(), z.union([z.number(), z.string()])])),
  t: z.literal(1).optional(),
});

/** The different pictures of some SKUs, in the order in which they come up, each as it is stored. */
export function picturesOf(
  skus: readonly SkuInput[],
  isMain: (sku: SkuInput, url: string) => boolean,
): string[] {
  const found = new Map<string, [string, number[], number, 0 | 1]>();
  for (const [index, sku] of skus.entries()) {
    for (const url of new Set(sku.images.map((image) => image.url))) {
      const known = found.get(url) ?? [url, [], 0, 0];
      found.set(url, known);
      if (known[1].length < MOST_SKUS) known[1].push(index);
      known[2] += 1;
      if (isMain(sku, url)) known[3] = 1;
    }
  }
  return [...found.values()].map((one) => JSON.stringify(one));
}

export function readPicture(
  index: number,
  stored: string,
  result: string | null | undefined,
): AuditedPicture {
  const [url, skus, skuCount, isMain] = Stored.parse(JSON.parse(stored));
  return { index, url, skus, skuCount, isMain: isMain === 1, result: result ? readResult(result) : null };
}

export function writeResult({ measures, faults, hasThumb }: PictureResult): string {
  const f = faults.map(({ profile, demand, measured }) => [profile, demand, measured]);
  return JSON.stringify({ m: measures, f, ...(hasThumb && { t: 1 }) });
}

function readResult(text: string): PictureResult {
  const { m, f, t } = StoredResult.parse(JSON.parse(text));
  const faults = f.map(([profile, demand, measured]) => ({ profile, demand, measured }));
  return { measures: m, faults, hasThumb: t === 1 };
}
