import { type BatchRequest, BatchRequest as BatchRequestSchema } from '@image-studio/contract';
import type { Catalogue } from './catalogue.ts';

/** The sample catalogue as a batch, its photos at `origin`. */
export function sampleBatch(catalogue: Catalogue, origin: string): BatchRequest {
  return BatchRequestSchema.parse({
    name: catalogue.name,
    skus: catalogue.skus.map(({ sku, attributes, images }) => ({
      sku,
      attributes,
      images: images.map((name) => ({ url: `${origin}/photos/${encodeURIComponent(name)}`, name })),
    })),
  });
}

/** One SKU for each common fault of a supplier's link, so that people see how a failure reads before they have one. */
export function brokenBatch(origin: string): BatchRequest {
  const faults = {
    'link is gone (404)': `${origin}/broken/gone.jpg`,
    'web page instead of a photo': `${origin}/broken/web-page.jpg`,
    'upload stopped half-way': `${origin}/broken/truncated.jpg`,
    'drawing instead of a photo': `${origin}/broken/drawing.svg`,
    // The address where clouds keep a machine's credentials; no supplier's photo lives there.
    'link into a private network': 'http://169.254.169.254/latest/meta-data/',
  };
  return BatchRequestSchema.parse({
    name: 'Broken links: how failures read',
    skus: Object.entries(faults).map(([sku, url]) => ({ sku, images: [{ url }] })),
  });
}
