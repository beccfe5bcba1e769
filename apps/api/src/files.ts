import { pipeline } from 'node:stream/promises';
import {
  type ByteRange,
  ObjectKey,
  type ObjectStore,
  type StoredObject,
  verifyFileLink,
} from '@image-studio/storage';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { ProblemError } from './http/problem-error.ts';
import type { LinkSecrets } from './link-secret.ts';

/**
 * What may be fetched: results and their thumbnails, manifests, and the prepared photos that a before/after view shows. Not `ai/`: what a
 * model answered, unchecked, is nobody's picture yet.
 */
const SERVED = ['image-studio/', 'thumbs/', 'batches/', 'inputs/'];
/** Their keys are derived from what they show, so they never change. */
const IMMUTABLE = ['image-studio/', 'thumbs/', 'inputs/'];

/**
 * `/files/<key>` of the file store. With `links` (whenever keys are configured) only signed links open, which is what lets an
 * `<img>` work without a bearer header. A file that is not there, not served or not signed is the same 404.
 */
export function serveFiles(store: ObjectStore, links: LinkSecrets | undefined): RequestHandler {
  const router = Router();
  router.use(async (request, response) => {
    response.locals.route = '/files';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new ProblemError(405, 'METHOD_NOT_ALLOWED', 'Files can only be read.', {
        headers: { allow: 'GET, HEAD' },
      });
    }
    const key = keyOf(request.path);
    if (key === null || !(await mayOpen(key, request, links))) throw notFound();
    const stored = await store.head(key);
    if (stored === null) throw notFound();
    response.set(headersOf(stored));
    if (holdsSame(request.headers['if-none-match'], stored.etag)) {
      response.status(304).end();
      return;
    }
    await sendObject(store, stored, request, response);
  });
  return router;
}

/** Segments are decoded one by one: `%2F` inside one would make two keys look alike. */
function keyOf(path: string): string | null {
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    if (segments.some((segment) => segment.includes('/'))) return null;
    const parsed = ObjectKey.safeParse(segments.join('/'));
    return parsed.success && SERVED.some((prefix) => parsed.data.startsWith(prefix)) ? parsed.data : null;
  } catch {
    return null; // not percent-encoded text
  }
}

async function mayOpen(key: string, request: Request, links: LinkSecrets | undefined): Promise<boolean> {
  if (links === undefined) return true;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const { expires, signature } = request.query;
  const link = { key, expires: text(expires), signature: text(signature) };
  return (await links.accepted()).some((linkSecret) => verifyFileLink({ ...link, linkSecret }));
}

function headersOf(stored: StoredObject): Record<string, string> {
  const immutable = IMMUTABLE.some((prefix) => stored.key.startsWith(prefix));
  return {
    'accept-ranges': 'bytes',
    'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    'content-type': stored.contentType,
    etag: stored.etag,
    'last-modified': stored.modifiedAt.toUTCString(),
    // Pictures are there to be shown anywhere; nothing that is served may run.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  };
}

/** Express's own `fresh` says no to every program's `fetch`, which adds `Cache-Control: no-cache` by itself. */
function holdsSame(condition: string | undefined, etag: string): boolean {
  const tags = (condition ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

async function sendObject(
  store: ObjectStore,
  stored: StoredObject,
  request: Request,
  response: Response,
): Promise<void> {
  const range = rangeOf(request, stored);
  const end = range?.end ?? stored.bytes - 1;
  if (range !== null)
    response.status(206).set('content-range', `bytes ${range.start}-${end}/${stored.bytes}`);
  response.set('content-length', String(range === null ? stored.bytes : end - range.start + 1));
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const found = await store.stream(stored.key, range === null ? {} : { range });
  if (found === null) throw notFound();
  if (found.etag !== stored.etag) {
    found.body.destroy();
    throw new ProblemError(503, 'FILE_CHANGED', 'The file was replaced just now; ask again.', {
      headers: { 'retry-after': '1' },
    });
  }
  try {
    await pipeline(found.body, response);
  } catch (error) {
    // A browser that scrolls past a picture hangs up; that is nobody's fault.
    if (!response.writableFinished && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE')
      throw error;
  }
}

/** One range only; several, or one of another version of the file, get the whole file. */
function rangeOf(request: Request, stored: StoredObject): ByteRange | null {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== stored.etag) return null;
  const ranges = request.range(stored.bytes);
  if (ranges === undefined || ranges === -2) return null;
  if (ranges === -1) {
    throw new ProblemError(416, 'RANGE_NOT_SATISFIABLE', `The file holds ${stored.bytes} bytes.`, {
      headers: { 'content-range': `bytes */${stored.bytes}` },
    });
  }
  const [first] = ranges;
  return ranges.length === 1 && ranges.type === 'bytes' && first !== undefined
    ? { start: first.start, end: first.end }
    : null;
}

function notFound(): ProblemError {
  return new ProblemError(404, 'FILE_NOT_FOUND', 'There is no such file, or the link has expired.');
}
