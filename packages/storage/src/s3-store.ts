import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type PutObjectCommandOutput,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { StageError } from '@image-studio/contract';
import { briefKey } from './brief-key.ts';
import { guardedBody } from './guarded-body.ts';
import { learnRegion, type SigningRegion } from './learn-region.ts';
import { DEFAULT_LINK_TTL_SECONDS, linkHour } from './link-lifetime.ts';
import { meteredBody } from './metered-body.ts';
import { assertObjectKey } from './object-key.ts';
import type { ByteRange, ObjectStore, PutOptions, StoredObject } from './object-store.ts';
import { orAborted } from './or-aborted.ts';
import { assertFits, assertRange } from './read-limits.ts';
import { connectS3, maxAttempts, requestTimeoutMs } from './s3-client.ts';
import type { S3StoreConfig } from './s3-config.ts';
import { s3Failure } from './s3-failure.ts';
import { type UploadParams, uploadInParts } from './s3-upload.ts';
import { urlPath } from './url-path.ts';

/** From here on an object goes up in parts: S3's smallest part. */
const PART_BYTES = 5 * 1024 * 1024;

/** A server that hangs must not eat up the time that a process has to shut down (30 s). */
const MAX_CLOSE_MS = 5_000;

/** Read (and at first written) by `check`. Begins with a dot: no client's object. */
const PROBE_KEY = '.studio/check';
const PROBE = 'writable';

/** A list of links must not hang with the store: they are then signed for the region that is most likely. */
const REGION_PATIENCE_MS = 1_000;
const REGION_REST_MS = 30_000;

/** Objects in a bucket of AWS, R2 or any S3-compatible server. */
export function createS3Store(config: S3StoreConfig): ObjectStore {
  const Bucket = config.bucket;
  const probe = { Bucket, Key: PROBE_KEY };
  const region = regionToTry(config);
  const client = connectS3(config, region);
  if (config.region === 'auto') learnRegion(client, region, probe);
  const uploads = new Set<Promise<void>>();
  const closing = new AbortController();
  let probed = false;
  /** What was written has come back once. */
  let verified = false;
  let asked: { at: number; answered: Promise<void> } | undefined;

  /** Runs one operation under the promises of `ObjectStore`: prompt abort, and only `StageError` otherwise. */
  async function attempt<T>(action: string, signal: AbortSignal | undefined, work: () => Promise<T>) {
    signal?.throwIfAborted();
    try {
      return await orAborted(work(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw s3Failure(error, action, config);
    }
  }

  /** Remembers an upload until it is through, because an aborted one goes on cleaning up after its caller has left. */
  async function upload(params: UploadParams, signal: AbortSignal | undefined): Promise<void> {
    const underWay = uploadInParts(client, params, { signal, closing: closing.signal });
    uploads.add(underWay);
    await underWay.finally(() => uploads.delete(underWay));
  }

  /** After a write that failed, only another write tells whether the store works. */
  async function writing(work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => {
      probed = false;
      throw error;
    });
  }

  async function open(key: string, signal: AbortSignal | undefined, range?: ByteRange) {
    const Range = range && `bytes=${range.start}-${range.end ?? ''}`;
    const request = new GetObjectCommand({ Bucket, Key: key, Range });
    const answer = await unlessMissing(client.send(request, endingWith(signal)));
    if (answer === null) return null;
    if (!(answer.Body instanceof Readable)) throw new Error('the answer has no body');
    const body = guardedBody(answer.Body, {
      idleMs: requestTimeoutMs(config),
      signal,
      toError: (error) => s3Failure(error, `read ${briefKey(key)}`, config),
    });
    return { ...describe(key, answer), body };
  }

  async function head(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    const request = new HeadObjectCommand({ Bucket, Key: key });
    const answer = await unlessMissing(client.send(request, endingWith(signal)));
    if (answer !== null) return describe(key, answer);
    await assertBucket(signal);
    return null;
  }

  /** HEAD answers have no body to say *what* was not found: a missing bucket must not pass for a missing object. */
  async function assertBucket(signal: AbortSignal | undefined): Promise<void> {
    try {
      await client.send(new HeadBucketCommand({ Bucket }), endingWith(signal));
    } catch (error) {
      if (error instanceof NotFound) throw Object.assign(error, { name: 'NoSuchBucket' });
      // Keys that may only touch objects are not told about the bucket.
      if (statusOf(error) !== 403) throw error;
    }
  }

  async function hasProbe(signal: AbortSignal | undefined): Promise<boolean> {
    const looking = client.send(new HeadObjectCommand(probe), endingWith(signal));
    const found = await isThere(looking);
    return found && (await looking).ContentLength === PROBE.length;
  }

  async function verify(signal: AbortSignal | undefined): Promise<void> {
    const back = await open(PROBE_KEY, signal);
    const isSame = back?.bytes === PROBE.length && (await collect(back)).toString() === PROBE;
    back?.body.destroy();
    if (!isSame) throw notStored('what is written does not come back');
    const Key = `${PROBE_KEY}-${randomUUID()}`;
    if (await isThere(client.send(new HeadObjectCommand({ Bucket, Key }), endingWith(signal))))
      throw notStored('it has what nobody has written');
  }

  /** Once for all links that are waiting, and not again for a while when nobody answers. */
  function askForRegion(): Promise<void> {
    if (asked !== undefined && performance.now() - asked.at < REGION_REST_MS) return asked.answered;
    const abortSignal = AbortSignal.timeout(REGION_PATIENCE_MS);
    const answered = orAborted(client.send(new HeadObjectCommand(probe), { abortSignal }), abortSignal);
    asked = { at: performance.now(), answered: answered.then(() => {}).catch(() => {}) };
    return asked.answered;
  }

  // A signature is for the host that it names, so links cannot be rewritten afterwards. This client sends nothing.
  const { browserEndpoint } = config;
  const signer =
    browserEndpoint === undefined ? client : connectS3({ ...config, endpoint: browserEndpoint }, region);
  const linkTtlSeconds = config.linkTtlSeconds ?? DEFAULT_LINK_TTL_SECONDS;
  async function putStream(key: string, body: Readable, options: PutOptions) {
    const metered = meteredBody(body);
    try {
      assertObjectKey(key);
      const params = { Bucket, Key: key, Body: Readable.from(metered.chunks), ...headers(options) };
      await attempt(`write ${briefKey(key)}`, options.signal, () =>
        writing(() => upload(params, options.signal)),
      );
      return { bytes: metered.bytes };
    } catch (error) {
      options.signal?.throwIfAborted();
      throw metered.failure === undefined ? error : metered.failure.error;
    } finally {
      body.destroy();
    }
  }

  return {
    kind: 's3',
    ...(config.publicUrl === undefined && { linkTtlSeconds }),

    async put(key, body, options) {
      assertObjectKey(key);
      const params = { Bucket, Key: key, Body: body, ...headers(options) };
      const { signal } = options;
      await attempt(`write ${briefKey(key)}`, signal, () =>
        writing(async () => {
          if (body.length >= PART_BYTES) await upload(params, signal);
          else assertStored(await client.send(new PutObjectCommand(params), endingWith(signal)));
        }),
      );
    },

    putStream,

    async putFile(key, path, options) {
      await putStream(key, createReadStream(path), options);
    },

    async get(key, { signal, maxBytes } = {}) {
      assertObjectKey(key);
      return attempt(`read ${briefKey(key)}`, signal, async () => {
        for (let tries = 1; ; tries += 1) {
          const found = await open(key, signal);
          if (found === null) return null;
          try {
            assertFits(key, found.bytes, maxBytes);
            return await collect(found);
          } catch (error) {
            const final = error instanceof StageError && error.verdict === 'fail';
            // The SDK repeats requests only up to the answer's head; bodies break off, too.
            if (final || signal?.aborted || tries >= maxAttempts(config)) throw error;
          } finally {
            found.body.destroy();
          }
        }
      });
    },

    async stream(key, { signal, range } = {}) {
      assertObjectKey(key);
      return attempt(`read ${briefKey(key)}`, signal, async () => {
        try {
          return await open(key, signal, range);
        } catch (error) {
          if (statusOf(error) === 416) assertRange(key, (await head(key, signal))?.bytes ?? 0, range);
          throw error;
        }
      });
    },

    async head(key) {
      assertObjectKey(key);
      return attempt(`read ${briefKey(key)}`, undefined, () => head(key));
    },

    async delete(key) {
      assertObjectKey(key);
      await attempt(`delete ${briefKey(key)}`, undefined, () =>
        client.send(new DeleteObjectCommand({ Bucket, Key: key })),
      );
    },

    async url(key) {
      assertObjectKey(key);
      if (config.publicUrl !== undefined) return `${config.publicUrl.replace(/\/+$/, '')}/${urlPath(key)}`;
      return attempt(`sign a link to ${briefKey(key)}`, undefined, async () => {
        if (!region.sure) await askForRegion();
        const request = new GetObjectCommand({ Bucket, Key: key });
        return getSignedUrl(signer, request, { expiresIn: linkTtlSeconds, signingDate: linkHour() });
      });
    },

    /**
     * Writes at first and after a write failed, because that may be forbidden, and reads it back the first time, because a portal or
     * a wrong address may answer 200 to everything; other checks look at that object: a tenth of the price.
     */
    async check(signal) {
      await attempt('write', signal, async () => {
        if (probed && (await hasProbe(signal))) return;
        // Also when HEAD was refused: only the answer to a PUT has a body that says why.
        assertStored(await client.send(new PutObjectCommand({ ...probe, Body: PROBE }), endingWith(signal)));
        if (!verified) await verify(signal);
        verified = true;
        probed = true;
      });
    },

    async close() {
      const patience = setTimeout(() => closing.abort(), Math.min(MAX_CLOSE_MS, requestTimeoutMs(config)));
      await Promise.allSettled(uploads);
      clearTimeout(patience);
      client.destroy();
    },
  };
}

/** `auto` is R2's own word; others say what they want when they are asked. */
function regionToTry({ region, endpoint }: S3StoreConfig): SigningRegion {
  if (region !== 'auto') return { current: region, sure: true };
  return { current: endpoint === undefined ? 'us-east-1' : 'auto', sure: false };
}

function headers({ contentType, cacheControl }: PutOptions) {
  return { ContentType: contentType, ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }) };
}

function describe(key: string, answer: GetObjectCommandOutput | HeadObjectCommandOutput): StoredObject {
  const total = 'ContentRange' in answer ? answer.ContentRange?.split('/')[1] : undefined;
  return {
    key,
    bytes: total === undefined ? (answer.ContentLength ?? 0) : Number(total),
    contentType: answer.ContentType ?? 'application/octet-stream',
    etag: answer.ETag ?? '""',
    modifiedAt: answer.LastModified ?? new Date(0),
    ...(answer.CacheControl === undefined ? {} : { cacheControl: answer.CacheControl }),
  };
}

/** The body as one buffer; one that ends early is an error, not a smaller object. */
async function collect({ key, bytes, body }: StoredObject & { body: Readable }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  if (whole.length === bytes) return whole;
  throw new Error(`${key} broke off after ${whole.length} of ${bytes} bytes`);
}

async function isThere(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    return false;
  }
}

/** Every object store names what it has stored; a server of another kind says 200 and keeps nothing. */
function assertStored({ ETag }: PutObjectCommandOutput): void {
  if (!ETag) throw notStored('it takes what is written and does not say that it is stored');
}

function notStored(why: string): Error {
  return new Error(`the server there is no object store: ${why}`);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function endingWith(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { abortSignal: signal };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return null;
    throw error;
  }
}
