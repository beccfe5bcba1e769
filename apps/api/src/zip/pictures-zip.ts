import type { ManifestSku } from '@image-studio/manifest';
import { checkWithin, type ObjectStore } from '@image-studio/storage';
import { makeZip } from 'client-zip';
import { aheadOf } from './ahead-of.ts';
import { pathsInZip } from './paths-in-zip.ts';

/** Pictures that are read while earlier ones are sent. They, at most 25 MB each, are what a download holds. */
const READ_AHEAD = 4;
/** Larger objects are no pictures of ours. */
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;
const SLICE_BYTES = 256 * 1024;
/** After a picture that could not be read: whether it is this one, or the store as a whole. */
const STORE_PATIENCE_MS = 5000;

interface Entry {
  name: string;
  input: AsyncIterable<Uint8Array>;
  lastModified: Date;
}

export interface ZipParts {
  store: Pick<ObjectStore, 'get' | 'check'>;
  /** The text of `manifest.csv`. */
  manifest: AsyncIterable<string>;
  skus: AsyncIterable<ManifestSku>;
}

/**
 * A ZIP of finished pictures, made as fast as it is read and held nowhere: first `manifest.csv`, then the pictures, as
 * they are (pictures do not get smaller), then, if there is reason, `errors.txt`. Rejected pictures are left out.
 * Fails when the store as a whole fails: a ZIP that is cut off is not taken for a complete one.
 */
export async function* picturesZip(parts: ZipParts): AsyncGenerator<Uint8Array> {
  const reader = makeZip(entriesOf(parts), { buffersAreUTF8: true }).getReader();
  let ended = false;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    ended = true;
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
  }
}

async function* entriesOf({ store, manifest, skus }: ZipParts): AsyncGenerator<Entry> {
  yield { name: 'manifest.csv', input: encoded(manifest), lastModified: new Date() };
  const missing: string[] = [];
  for await (const { name, data, fault, at } of aheadOf(picturesOf(skus), READ_AHEAD, readPicture)) {
    if (data) yield { name, input: inSlices(data), lastModified: at };
    else missing.push(`${name}: ${fault}`);
  }
  if (missing.length === 0) return;
  const text = `These pictures could not be read from the object store:\r\n${missing.join('\r\n')}\r\n`;
  yield { name: 'errors.txt', input: inSlices(Buffer.from(text)), lastModified: new Date() };

  async function readPicture({ name, key, at }: { name: string; key: string; at: Date }) {
    try {
      const data = await store.get(key, { maxBytes: MAX_PICTURE_BYTES });
      return { name, at, data, fault: `object ${key} is gone` };
    } catch (error) {
      await checkWithin(store, STORE_PATIENCE_MS);
      return { name, at, data: null, fault: error instanceof Error ? error.message : String(error) };
    }
  }
}

async function* picturesOf(skus: AsyncIterable<ManifestSku>) {
  const pathOf = pathsInZip();
  for await (const { record } of skus) {
    for (const image of record.images) {
      if (image.review?.decision === 'rejected') continue;
      const at = new Date(image.createdAt ?? Date.now());
      yield { name: pathOf(image), key: image.key, at };
    }
  }
}

/** The checksum of a whole picture at once would keep others waiting for up to 70 ms. */
async function* inSlices(data: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += SLICE_BYTES) yield data.subarray(at, at + SLICE_BYTES);
}

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
