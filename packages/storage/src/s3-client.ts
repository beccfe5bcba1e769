import { NoSuchKey, NotFound, S3Client } from '@aws-sdk/client-s3';
import { span } from '@image-studio/tracing';
import type { SigningRegion } from './learn-region.ts';
import type { S3StoreConfig } from './s3-config.ts';

/**
 * More connections than a worker ever uses at once. The SDK's 50 would not only queue: it counts the wait for a free
 * socket as connecting, and reports a busy fleet as an unreachable server.
 */
const MAX_SOCKETS = 256;

/** The SDK's client with every wait bounded and every courtesy that foreign S3 servers do not know switched off. */
export function connectS3(config: S3StoreConfig, region: SigningRegion): S3Client {
  const { accessKeyId, secretAccessKey, endpoint } = config;
  const checksums = config.checksums === 'always' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new S3Client({
    region: async () => region.current,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    forcePathStyle: config.forcePathStyle,
    retryMode: 'standard',
    maxAttempts: maxAttempts(config),
    // The wait for `100 Continue` is a round trip a PUT: 20–26 % of the time of picture-sized uploads.
    expectContinueHeader: false,
    // The default sends streams as aws-chunked with a trailer: 411 from Ceph, 501 from Swift.
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: {
      connectionTimeout: config.connectTimeoutMs ?? 5_000,
      requestTimeout: requestTimeoutMs(config),
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  traceRequests(client, config.bucket);
  return client;
}

/** That there is no such object is what many a request wants to know. */
const isFault = (error: unknown) => !(error instanceof NotFound || error instanceof NoSuchKey);

/** A span for each request that is sent, tries again included; making a link sends none. */
function traceRequests(client: S3Client, bucket: string): void {
  client.middlewareStack.add(
    (next, { commandName = 'request' }) =>
      (args) => {
        const operation = commandName.replace(/Command$/, '');
        const { Key } = args.input as { Key?: string };
        const attributes = {
          'rpc.system': 'aws-api',
          'rpc.service': 'S3',
          'rpc.method': operation,
          'aws.s3.bucket': bucket,
          'aws.s3.key': Key,
        };
        return span(`S3.${operation}`, { kind: 'client', attributes, isFault }, () => next(args));
      },
    { step: 'deserialize', name: 'traceRequests', priority: 'high' },
  );
}

/** 60 s: four parts of 5 MB still go through an uplink of 3 Mbit/s within it. */
export function requestTimeoutMs(config: S3StoreConfig): number {
  return config.requestTimeoutMs ?? 60_000;
}

/** Tries of a request, and of a body that breaks off. */
export function maxAttempts(config: S3StoreConfig): number {
  return config.maxAttempts ?? 3;
}
