import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** What an upload is of: lib-storage takes the body whole or as it comes. */
export interface UploadParams {
  Bucket: string;
  Key: string;
  Body: Buffer | Readable;
  ContentType: string;
  CacheControl?: string;
}

/**
 * One object in parts (one request, if it turns out to be below 5 MB). Settles when nothing of it is under way any
 * more: on failure, or once `signal` fires, only after the parts already sent have been given back to the server,
 * which would otherwise keep them, and their price, out of everybody's sight. `closing` ends even that.
 *
 * lib-storage's own abort answers sooner but lets the requests on the wire run on, and after a part has failed reads
 * and sends the whole rest of the body before it says so. Here a part that fails stops the others.
 */
export async function uploadInParts(
  client: S3Client,
  params: UploadParams,
  { signal, closing }: { signal: AbortSignal | undefined; closing: AbortSignal },
): Promise<void> {
  const parts = new AbortController();
  const stop = () => {
    parts.abort();
    if (!Buffer.isBuffer(params.Body)) params.Body.destroy();
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  // The others fail because of it, some of them sooner: lib-storage would tell whichever comes first.
  let first: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    first ??= { error };
    stop();
  };
  try {
    await new Upload({ client: stoppable(client, { stopped: parts.signal, closing, fail }), params }).done();
  } catch (error) {
    throw first === undefined ? error : first.error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** `client`, whose requests with bytes in them end with `stopped`, and which tells `fail` why one of them failed. */
function stoppable(
  client: S3Client,
  { stopped, closing, fail }: { stopped: AbortSignal; closing: AbortSignal; fail: (error: unknown) => void },
): S3Client {
  const send: S3Client['send'] = async (command: PutObjectCommand) => {
    if (isGivingBack(command)) return client.send(command, { abortSignal: closing }).catch(() => ({}));
    if (!hasBytes(command)) return client.send(command, { abortSignal: closing });
    try {
      return await client.send(command, { abortSignal: stopped });
    } catch (error) {
      fail(error);
      throw error;
    }
  };
  return Object.create(client, { send: { value: send } });
}

/** Creating and completing run to their own end: a request cut off there leaves an upload whose id nobody knows. */
function hasBytes(command: unknown): boolean {
  return command instanceof UploadPartCommand || command instanceof PutObjectCommand;
}

/** Best effort: its failure must not hide the first one, and the bucket's lifecycle rule clears what is left. */
function isGivingBack(command: unknown): boolean {
  return command instanceof AbortMultipartUploadCommand;
}
