import { MAX_BODY_BYTES, OriginalJobRequest, type SkuInput } from '@image-studio/contract';
import { z } from 'zod';
import { faultsOf } from '../http/faults-of.ts';
import type { BodyReader } from '../http/route.ts';
import { splitJson } from '../http/split-json.ts';
import { toBatchOptions, toSourceImage } from '../original-client.ts';
import type { BatchDraft } from './batch-draft.ts';
import { checkDraft } from './check-draft.ts';
import { createFaultList, type FaultList } from './fault-list.ts';
import { refuseCredentials } from './refuse-credentials.ts';
import { refuseTooMany } from './refuse-too-many.ts';
import type { KnowsPhotos } from './refuse-unknown-photos.ts';

const { options: OriginalOptions } = OriginalJobRequest.shape;
const { sku_images_map: SkuImagesMap } = OriginalOptions.shape;
const Frame = OriginalJobRequest.extend({ options: OriginalOptions.omit({ sku_images_map: true }) });
/** As an entry, because zod leaves a SKU called `__proto__` out of a record without a word. */
const Entry = z.tuple([SkuImagesMap.keyType, SkuImagesMap.valueType]);

/** Reads the original client's job into a checked draft; throws 400 for credentials and 422 with every fault. */
export const originalJobBody = (knowsPhotos: (tenant: string) => KnowsPhotos): BodyReader<BatchDraft> => ({
  content: { 'application/json': OriginalJobRequest },
  required: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes, sha256 }, _mediaType, _query, { tenant }) {
    const document = await splitJson(bytes, ['options', 'sku_images_map']);
    try {
      refuseCredentials(document.rest);
      refuseTooMany(document.length ?? 0);
      const faults = createFaultList();
      const frame = readFrame(document.rest, document.length, faults);
      const skus: SkuInput[] = [];
      for await (const chunk of document.chunks) {
        refuseCredentials(chunk);
        skus.push(...chunk.flatMap((entry) => readEntry(entry, faults) ?? []));
        if (faults.full) break;
      }
      const options = frame === null ? null : toBatchOptions(frame.options, faults);
      faults.throwIfAny();
      if (options === null) throw new Error('options without a value and without a fault');
      return await checkDraft({ options, skus, bodySha256: sha256 }, undefined, knowsPhotos(tenant));
    } finally {
      await document.close();
    }
  },
});

function readFrame(rest: unknown, length: number | null, faults: FaultList): z.infer<typeof Frame> | null {
  const parsed = Frame.safeParse(rest);
  if (!parsed.success) faults.add(...faultsOf(parsed.error));
  if (length === null || length === 0) {
    const message = length === 0 ? 'needs at least one SKU' : 'must map SKU codes to lists of photos';
    faults.add({ path: 'options.sku_images_map', message });
  }
  return parsed.success ? parsed.data : null;
}

function readEntry(entry: unknown, faults: FaultList): SkuInput | null {
  const parsed = Entry.safeParse(entry);
  if (parsed.success) {
    const [sku, sources] = parsed.data;
    return { sku, images: sources.map(toSourceImage) };
  }
  const [sku] = entry as [string, unknown];
  // The first segment tells key from value; a reader thinks of both as the entry of that SKU.
  for (const issue of parsed.error.issues) issue.path.shift();
  faults.add(...faultsOf(parsed.error, ['options', 'sku_images_map', sku]));
  return null;
}
