import type { ManifestSku } from '@image-studio/manifest';
import type { ObjectStore } from '@image-studio/storage';
import { makeZip } from 'client-zip';
import { pathsInZip } from './paths-in-zip.ts';
import { prefetch } from './prefetch.ts';
import { type NamedPicture, type ReadPicture, readPicture } from './read-picture.ts';
import { withZip64End } from './with-zip64-end.ts';

/** Pictures that are read while earlier ones are sent. They, at most 25 MB each, are what a download holds. */
const READ_AHEAD = 4;
const SLICE_BYTES = 256 * 1024;
/** A picture takes a fraction of a second; a client should hear of a store that hangs within a few. */
const STORE_PATIENCE_MS = 2000;

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
  /** Half of the time until a store that hangs is given up; default 2,000. */
  patienceMs?: number;
}

/**
 * A ZIP of finished pictures, made as fast as it is read and held nowhere: first `manifest.csv`, then the pictures, as
 * they are (pictures do not get smaller), then, if there is reason, `errors.txt`. Rejected pictures are left out.
 * Resolves when the first picture is there, so that a store that is away, or answers and brings nothing, can still be
 * answered with an error; when it goes away later, the bytes end in a failure: a ZIP that is cut off is not taken for a
 * complete one.
 */
export async function picturesZip(parts: ZipParts): Promise<AsyncGenerator<Uint8Array>> {
  const { store, manifest, skus, patienceMs = STORE_PATIENCE_MS } = parts;
  const leaving = new AbortController();
  const read = (picture: NamedPicture) =>
    readPicture(store, picture, { patienceMs, leaving: leaving.signal });
  const pictures = prefetch(picturesOf(skus), READ_AHEAD, read);
  try {
    const first = await untilOneIsThere(pictures);
    return zipped(entriesOf(manifest, first, pictures), leaving);
  } catch (error) {
    leaving.abort(error);
    throw error;
  }
}

/** The pictures up to the first that can be had. When none of many can, the store's reason is thrown. */
async function untilOneIsThere(pictures: AsyncIterator<ReadPicture>): Promise<ReadPicture[]> {
  const first: ReadPicture[] = [];
  for (let next = await pictures.next(); !next.done; next = await pictures.next()) {
    first.push(next.value);
    if (next.value.error === undefined) return first;
    if (first.length > READ_AHEAD) break;
  }
  const [failed] = first;
  if (failed) throw failed.error;
  return first;
}

/** The bytes of the ZIP. A consumer that stops early also stops the reads ahead. */
async function* zipped(entries: AsyncIterable<Entry>, leaving: AbortController): AsyncGenerator<Uint8Array> {
  let count = 0;
  const counted = (async function* () {
    for await (const entry of entries) {
      count += 1;
      yield entry;
    }
  })();
  const zip = makeZip(counted, { buffersAreUTF8: true });
  yield* withZip64End(chunksOf(zip, leaving), () => count);
}

async function* chunksOf(
  zip: ReadableStream<Uint8Array>,
  leaving: AbortController,
): AsyncGenerator<Uint8Array> {
  const reader = zip.getReader();
  let ended = false;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    ended = true;
  } finally {
    leaving.abort(new Error('nobody reads the ZIP any more'));
    if (!ended) await reader.cancel().catch(() => {});
  }
}

async function* entriesOf(
  manifest: AsyncIterable<string>,
  first: readonly ReadPicture[],
  rest: AsyncIterable<ReadPicture>,
): AsyncGenerator<Entry> {
  yield { name: 'manifest.csv', input: encoded(manifest), lastModified: new Date() };
  const missing: string[] = [];
  for await (const { name, data, fault, at } of joined(first, rest)) {
    if (data) yield { name, input: inSlices(data), lastModified: at };
    else missing.push(`${name}: ${fault}`);
  }
  if (missing.length === 0) return;
  const text = `These pictures could not be read from the object store:\r\n${missing.join('\r\n')}\r\n`;
  yield { name: 'errors.txt', input: inSlices(Buffer.from(text)), lastModified: new Date() };
}

async function* joined<T>(first: Iterable<T>, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first;
  yield* rest;
}

async function* picturesOf(skus: AsyncIterable<ManifestSku>): AsyncGenerator<NamedPicture> {
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
