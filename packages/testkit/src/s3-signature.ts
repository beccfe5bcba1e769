import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedRequest {
  method: string;
  /** Path and query as they came over the wire. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

const FIFTEEN_MINUTES_MS = 15 * 60_000;

/** The region that a request was signed for, wherever it says so. */
export function regionOfSignature({ url, headers }: Pick<SignedRequest, 'url' | 'headers'>): string {
  const query = new URLSearchParams(url.split('?')[1]);
  const claim = query.has('X-Amz-Signature') ? claimInQuery(query) : claimInHeader(headers);
  return claim?.credential.split('/')[2] ?? '';
}

/**
 * Checks AWS Signature Version 4, in the `Authorization` header or in the query of a presigned link, the way S3 does
 * (path not normalised, body digest checked). Answers S3's error code, or `null` when all is well.
 */
export function faultOfSignature(
  request: SignedRequest,
  credentials: S3Credentials,
  nowMs = Date.now(),
): string | null {
  const [path = '', search = ''] = request.url.split('?');
  const query = new URLSearchParams(search);
  const claim = query.has('X-Amz-Signature') ? claimInQuery(query) : claimInHeader(request.headers);
  if (claim === null) return 'AccessDenied';
  const [accessKeyId, day = '', region = '', service = ''] = claim.credential.split('/');
  if (accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  const age = nowMs - Date.parse(claim.date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (claim.lifeMs === undefined && !(Math.abs(age) < FIFTEEN_MINUTES_MS)) return 'RequestTimeTooSkewed';
  if (claim.lifeMs !== undefined && !(age < claim.lifeMs)) return 'AccessDenied';

  query.delete('X-Amz-Signature');
  const canonical = [
    request.method,
    path.split('/').map(reencoded).join('/'),
    [...query]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...claim.signedHeaders.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payload,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', claim.date, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(toSign).digest();
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'SignatureDoesNotMatch';
  const digested = /^[0-9a-f]{64}$/.test(claim.payload);
  return digested && claim.payload !== sha256(request.body) ? 'XAmzContentSHA256Mismatch' : null;
}

interface Claim {
  credential: string;
  signedHeaders: string[];
  signature: string;
  date: string;
  payload: string;
  /** Presigned links only. */
  lifeMs?: number;
}

function claimInQuery(query: URLSearchParams): Claim {
  const field = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: field('Credential'),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
    date: field('Date'),
    payload: 'UNSIGNED-PAYLOAD',
    lifeMs: Number(field('Expires')) * 1000,
  };
}

function claimInHeader(headers: IncomingHttpHeaders): Claim | null {
  const parts = /Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
    headers.authorization ?? '',
  );
  if (parts === null) return null;
  const [, credential = '', signedHeaders = '', signature = ''] = parts;
  const date = String(headers['x-amz-date'] ?? '');
  const payload = String(headers['x-amz-content-sha256'] ?? '');
  return { credential, signedHeaders: signedHeaders.split(';'), signature, date, payload };
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function reencoded(segment: string): string {
  return encoded(decodeURIComponent(segment));
}

/** AWS's percent-encoding: everything but letters, digits and `-._~`. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
