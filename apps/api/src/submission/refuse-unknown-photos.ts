import { type Said, type SkuInput, say } from '@image-studio/contract';
import type { StudioApi } from '@image-studio/queue';
import { inChunks } from '../http/in-chunks.ts';
import type { FaultList } from './fault-list.ts';

/** Which of these digests a tenant has uploaded. */
export type KnowsPhotos = (digests: readonly string[]) => Promise<boolean[]>;

const PHOTO = /^photo:([0-9a-f]{64})$/;

/** Asks the queue's memory of uploads, for one tenant. */
export function knowsPhotosOf(api: Pick<StudioApi, 'findUploads'>, tenant: string): KnowsPhotos {
  return async (digests) => (await api.findUploads(tenant, digests)).map((upload) => upload !== null);
}

/** The digest that an address of a photo names, if it names an uploaded one. */
function uploadedDigest(url: string): string | undefined {
  return PHOTO.exec(url)?.[1];
}

/**
 * Adds a fault for every photo that the submission names as uploaded and that this tenant has not: a photo of another
 * tenant is like one that never was.
 */
export async function refuseUnknownPhotos(
  skus: readonly SkuInput[],
  knows: KnowsPhotos,
  faults: FaultList,
  /** SKUs of the submission before these. */
  from = 0,
): Promise<void> {
  let index = from;
  for await (const chunk of inChunks(skus)) {
    const named = chunk.flatMap(({ images }, at) =>
      images.flatMap(({ url }, place) =>
        url.startsWith('photo:') ? [{ url, path: `skus[${index + at}].images[${place}].url` }] : [],
      ),
    );
    index += chunk.length;
    const known = await knows(named.flatMap(({ url }) => uploadedDigest(url) ?? []));
    let next = 0;
    for (const { url, path } of named) {
      const isWellFormed = uploadedDigest(url) !== undefined;
      if (isWellFormed && known[next++]) continue;
      faults.add({ path, ...(isWellFormed ? unknown(url) : malformed(url)) });
    }
    if (faults.full) return;
  }
}

function unknown(url: string): Said {
  return say`is ${url}, a photo that has not been uploaded or is no longer kept; upload it first (POST /photos)`;
}

function malformed(url: string): Said {
  return say`is ${JSON.stringify(url.slice(0, 80))}, but an uploaded photo is named photo: and the 64 digits of its SHA-256 in lower case`;
}
