import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultOfSignature, regionOfSignature, type S3Credentials } from './s3-signature.ts';

export type S3Operation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'HeadBucket'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'Unknown';

export interface S3Request {
  operation: S3Operation;
  bucket: string;
  key: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/**
 * What goes wrong with a request: no answer at all, although nothing (`hang`) or everything (`mute`) was done, a lost
 * connection, an error answer, or an object whose bytes stop after `afterBytes` with the connection lost or silent.
 */
export type S3Fault =
  | { kind: 'hang' }
  | { kind: 'mute' }
  | { kind: 'reset' }
  | { kind: 'error'; status: number; code: string }
  | { kind: 'cut'; afterBytes: number; end: 'hang' | 'reset' };

export interface S3StandIn extends S3Credentials {
  endpoint: string;
  bucket: string;
  region: string;
  /** Every request so far, the refused ones too, without bodies. */
  requests: Omit<S3Request, 'body'>[];
  /** Connections that clients have opened so far. */
  connections(): number;
  /** Asked before each request is served; replaces the one before. */
  interfere(fault: (request: S3Request) => S3Fault | undefined): void;
  keys(): string[];
  /** The bytes of an object. */
  read(key: string): Buffer;
  /** Multipart uploads that were neither completed nor aborted. */
  openUploads(): number;
  close(): Promise<void>;
}

interface Stored {
  body: Buffer;
  etag: string;
  modifiedAt: Date;
  contentType: string;
  cacheControl: string | undefined;
}

interface OpenUpload {
  key: string;
  headers: IncomingMessage['headers'];
  parts: Map<number, Buffer>;
}

/** S3's smallest part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/**
 * An S3 server in this process, for tests: one bucket, objects in memory, signatures really checked, only what the
 * object store needs, and strict where foreign servers are (no aws-chunked bodies, no PUT without a length, no signature
 * for another region). Written
 * by hand because `fauxqs`, the best double on npm, needs Node 22 and accepts any signature.
 */
export async function startS3StandIn(options: { bucket?: string; region?: string } = {}): Promise<S3StandIn> {
  const { bucket = 'studio-test', region = 'auto' } = options;
  const credentials = { accessKeyId: `AKID${randomUUID().slice(0, 8)}`, secretAccessKey: randomUUID() };
  const bucketState = { objects: new Map<string, Stored>(), uploads: new Map<string, OpenUpload>() };
  const requests: S3StandIn['requests'] = [];
  let faultOf: (request: S3Request) => S3Fault | undefined = () => undefined;

  const server = createServer(async (incoming, response) => {
    try {
      const { body, ...request } = await understand(incoming);
      requests.push(request);
      const fault = faultOf({ ...request, body });
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'reset') return incoming.socket.resetAndDestroy();
      if (fault?.kind === 'error') throw new S3Error(fault.status, fault.code);
      authorize(incoming, body, credentials);
      if (regionOfSignature({ url: incoming.url ?? '', headers: incoming.headers }) !== region)
        throw new S3Error(400, 'AuthorizationHeaderMalformed', { Region: region });
      if (request.bucket !== bucket) throw new S3Error(404, 'NoSuchBucket');
      // An answer that belongs to no connection goes nowhere.
      const mouth = fault?.kind === 'mute' ? new ServerResponse(incoming) : response;
      serve({ ...request, body }, mouth, bucketState, fault?.kind === 'cut' ? fault : undefined);
    } catch (error) {
      refuse(incoming, response, error);
    }
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    ...credentials,
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    region,
    requests,
    connections: () => connections,
    interfere(fault) {
      faultOf = fault;
    },
    keys: () => [...bucketState.objects.keys()].sort(),
    read(key) {
      const found = bucketState.objects.get(key);
      if (found === undefined) throw new Error(`there is no object ${key}`);
      return found.body;
    },
    openUploads: () => bucketState.uploads.size,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function understand(incoming: IncomingMessage): Promise<S3Request> {
  const [path = '', search = ''] = (incoming.url ?? '').split('?');
  const [, bucket = '', ...segments] = path.split('/').map(decodeURIComponent);
  const query = new URLSearchParams(search);
  const key = segments.join('/');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const operation = operationOf(incoming.method ?? '', key, query);
  return { operation, bucket, key, query, headers: incoming.headers, body: Buffer.concat(chunks) };
}

function operationOf(method: string, key: string, query: URLSearchParams): S3Operation {
  const inUpload = query.has('uploadId');
  if (key === '') return method === 'HEAD' ? 'HeadBucket' : 'Unknown';
  if (method === 'PUT') return inUpload ? 'UploadPart' : 'PutObject';
  if (method === 'GET') return 'GetObject';
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'DELETE') return inUpload ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'POST' && query.has('uploads')) return 'CreateMultipartUpload';
  return method === 'POST' && inUpload ? 'CompleteMultipartUpload' : 'Unknown';
}

function authorize(incoming: IncomingMessage, body: Buffer, credentials: S3Credentials): void {
  const { method = '', url = '', headers } = incoming;
  const streaming = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (streaming) throw new S3Error(501, 'NotImplemented');
  if (method === 'PUT' && headers['content-length'] === undefined)
    throw new S3Error(411, 'MissingContentLength');
  const fault = faultOfSignature({ method, url, headers, body }, credentials);
  if (fault !== null) throw new S3Error(fault === 'XAmzContentSHA256Mismatch' ? 400 : 403, fault);
}

function serve(
  request: S3Request,
  response: ServerResponse,
  { objects, uploads }: { objects: Map<string, Stored>; uploads: Map<string, OpenUpload> },
  fault: (S3Fault & { kind: 'cut' }) | undefined,
): void {
  const { operation, key, query, body, headers } = request;
  if (Buffer.byteLength(key) > 1024) throw new S3Error(400, 'KeyTooLongError');
  const upload = uploads.get(query.get('uploadId') ?? '');
  if (query.has('uploadId') && upload?.key !== key) throw new S3Error(404, 'NoSuchUpload');

  switch (operation) {
    case 'HeadBucket':
      response.end();
      return;
    case 'PutObject':
      objects.set(key, stored(body, md5(body), headers));
      response.setHeader('etag', md5(body)).end();
      return;
    case 'GetObject':
    case 'HeadObject':
      sendObject(request, response, objects.get(key), fault);
      return;
    case 'DeleteObject':
      objects.delete(key);
      response.writeHead(204).end();
      return;
    case 'CreateMultipartUpload': {
      const id = randomUUID();
      uploads.set(id, { key, headers, parts: new Map() });
      sendXml(response, 'InitiateMultipartUploadResult', { Bucket: request.bucket, Key: key, UploadId: id });
      return;
    }
    case 'UploadPart':
      upload?.parts.set(Number(query.get('partNumber')), body);
      response.setHeader('etag', md5(body)).end();
      return;
    case 'CompleteMultipartUpload': {
      if (upload === undefined) throw new S3Error(404, 'NoSuchUpload');
      const { whole, etag } = joined(upload, body.toString());
      objects.set(key, stored(whole, etag, upload.headers));
      uploads.delete(query.get('uploadId') ?? '');
      sendXml(response, 'CompleteMultipartUploadResult', { Bucket: request.bucket, Key: key, ETag: etag });
      return;
    }
    case 'AbortMultipartUpload':
      uploads.delete(query.get('uploadId') ?? '');
      response.writeHead(204).end();
      return;
    case 'Unknown':
      throw new S3Error(405, 'MethodNotAllowed');
  }
}

function stored(body: Buffer, etag: string, headers: IncomingMessage['headers']): Stored {
  return {
    body,
    etag,
    modifiedAt: new Date(),
    contentType: headers['content-type'] ?? 'binary/octet-stream',
    cacheControl: headers['cache-control'],
  };
}

/** The parts that the client lists, in its order, which has to be ascending. */
function joined({ parts }: OpenUpload, xml: string): { whole: Buffer; etag: string } {
  const listed = [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: /<ETag>(.*?)</.exec(part)?.[1]?.replaceAll('&quot;', '"'),
  }));
  if (listed.length === 0) throw new S3Error(400, 'MalformedXML');
  const bodies = listed.map(({ number, etag }, index) => {
    const body = parts.get(number);
    if (body === undefined || md5(body) !== etag) throw new S3Error(400, 'InvalidPart');
    if (index > 0 && number <= (listed[index - 1]?.number ?? 0)) throw new S3Error(400, 'InvalidPartOrder');
    if (index < listed.length - 1 && body.length < MIN_PART_BYTES) throw new S3Error(400, 'EntityTooSmall');
    return body;
  });
  const digests = Buffer.concat(bodies.map((body) => createHash('md5').update(body).digest()));
  return { whole: Buffer.concat(bodies), etag: md5(digests).replace(/"$/, `-${bodies.length}"`) };
}

function sendObject(
  { operation, headers }: S3Request,
  response: ServerResponse,
  object: Stored | undefined,
  fault: (S3Fault & { kind: 'cut' }) | undefined,
): void {
  if (object === undefined) throw new S3Error(404, 'NoSuchKey');
  const size = object.body.length;
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(size, range?.[2] ? Number(range[2]) + 1 : size);
  if (range && start >= size) throw new S3Error(416, 'InvalidRange');
  const body = object.body.subarray(start, end);
  response.writeHead(range ? 206 : 200, {
    'content-length': body.length,
    'content-type': object.contentType,
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
    ...(object.cacheControl === undefined ? {} : { 'cache-control': object.cacheControl }),
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
  });
  if (operation === 'HeadObject') response.end();
  else if (fault === undefined) response.end(body);
  else {
    response.write(body.subarray(0, fault.afterBytes), () => {
      if (fault.end === 'reset') response.destroy();
    });
  }
}

class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly status: number;
  readonly code: string;
  /** Further elements of the answer. */
  readonly more: Record<string, string>;

  constructor(status: number, code: string, more: Record<string, string> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** Like AWS, repeats the access key id that was used: a client must not let that through to its own users. */
function refuse(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { status, code, more } = error instanceof S3Error ? error : new S3Error(500, 'InternalError');
  const used = /Credential=([^/]+)/.exec(`${incoming.headers.authorization} ${incoming.url}`)?.[1] ?? '';
  response.statusCode = status;
  if (incoming.method === 'HEAD') response.end();
  else
    sendXml(response, 'Error', { Code: code, Message: `${code} for ${used}`, AWSAccessKeyId: used, ...more });
}

function sendXml(response: ServerResponse, root: string, fields: Record<string, string>): void {
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  response.setHeader('content-type', 'application/xml');
  response.end(`<?xml version="1.0" encoding="UTF-8"?><${root}>${inner.join('')}</${root}>`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function md5(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
