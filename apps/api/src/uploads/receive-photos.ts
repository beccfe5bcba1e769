import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { ProblemError } from '../http/problem-error.ts';
import type { KeepPhoto, KeptPhoto } from './keep-photos.ts';
import type { PhotoSpool } from './photo-spool.ts';

export interface ReceiveDeps {
  spool: PhotoSpool;
  keep: KeepPhoto;
  maxBytes: number;
}

/** One file of an upload: what became of it, or why it was not taken. */
export type ReceivedPhoto = { name: string | undefined } & ({ kept: KeptPhoto } | { refused: ProblemError });

/** Most files of one form; more go into several. */
const MAX_FILES = 1000;

/**
 * Takes the photos of one request, a form or one bare file, each as it comes; none is ever held whole in memory. A file of
 * a form that is refused does not refuse the others; whatever is no fault of a file rejects.
 */
export async function receivePhotos(
  request: IncomingMessage,
  tenant: string,
  deps: ReceiveDeps,
): Promise<ReceivedPhoto[]> {
  refuseEncoded(request);
  const left = new AbortController();
  const onClose = () => left.abort(new Error('the client left'));
  request.once('error', onClose);
  try {
    const type = request.headers['content-type'] ?? '';
    if (/^multipart\//i.test(type)) return await receiveForm(request, tenant, deps, left.signal);
    return [{ name: undefined, kept: await receiveOne(request, tenant, deps, left.signal) }];
  } finally {
    request.off('error', onClose);
  }
}

async function receiveOne(
  body: Readable,
  tenant: string,
  { spool, keep, maxBytes }: ReceiveDeps,
  signal: AbortSignal,
): Promise<KeptPhoto> {
  const photo = await spool.receive(body, maxBytes);
  try {
    return await keep(tenant, photo, signal);
  } finally {
    await photo.discard();
  }
}

function receiveForm(
  request: IncomingMessage,
  tenant: string,
  deps: ReceiveDeps,
  signal: AbortSignal,
): Promise<ReceivedPhoto[]> {
  return new Promise((resolve, reject) => {
    const form = openForm(request, deps.maxBytes);
    const bodies: Readable[] = [];
    const photos: ReceivedPhoto[] = [];
    let beyond = false;
    // One after the other: a file whose turn has not come is not read, and then neither is the connection.
    let turn = Promise.resolve();
    const fail = (error: unknown) => {
      request.unpipe(form);
      for (const body of bodies) body.destroy();
      // Read to its end all the same: an answer in the middle of a body would be lost.
      request.resume();
      // The file that was arriving is deleted before anybody hears of the fault.
      turn.catch(() => {}).then(() => reject(error));
    };
    form.on('file', (_field, body, filename) => {
      bodies.push(body);
      body.on('error', (error) => body.destroy(error));
      turn = turn.then(async () => {
        const name = filename === '' ? undefined : filename;
        try {
          photos.push({ name, kept: await receiveOne(body, tenant, deps, signal) });
        } catch (error) {
          if (!(error instanceof ProblemError) || !isOfFile(error)) throw error;
          body.resume();
          photos.push({ name, refused: error });
        }
      });
      turn.catch(fail);
    });
    form.on('filesLimit', () => {
      beyond = true;
    });
    form.on('error', (error) => fail(malformed(error)));
    form.on('finish', () => {
      turn
        .then(() => {
          if (beyond) throw tooManyFiles();
          if (photos.length === 0) throw noFile();
          resolve(photos);
        })
        .catch(reject);
    });
    request.once('close', () => {
      if (!request.complete) fail(malformed(new Error('the connection ended')));
    });
    request.pipe(form);
  });
}

function openForm(request: IncomingMessage, maxBytes: number): BusboyInstance {
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      // One byte more than is taken, so that too large a file is seen as such; what follows is thrown away.
      limits: {
        files: MAX_FILES,
        fileSize: maxBytes + 1,
        fields: 20,
        fieldSize: 10_000,
        parts: MAX_FILES + 20,
      },
    });
  } catch (error) {
    throw malformed(error);
  }
}

/** Faults of one file. A form that breaks off is no fault of a file. */
function isOfFile({ status, code }: ProblemError): boolean {
  return (status === 413 && code !== 'UPLOADS_FULL') || status === 422;
}

function refuseEncoded({ headers }: IncomingMessage): void {
  if ((headers['content-encoding'] ?? 'identity') === 'identity') return;
  throw new ProblemError(
    415,
    'UNSUPPORTED_ENCODING',
    'Photos are taken as they are: send no Content-Encoding.',
  );
}

function malformed(cause: unknown): ProblemError {
  return new ProblemError(400, 'MALFORMED_FORM', 'The form breaks off, or is not multipart/form-data.', {
    cause,
  });
}

function tooManyFiles(): ProblemError {
  return new ProblemError(
    413,
    'TOO_MANY_FILES',
    `A form may hold ${MAX_FILES} photos; those that came before were taken, send the others in further requests.`,
  );
}

function noFile(): ProblemError {
  return new ProblemError(422, 'NO_PHOTO', 'The form holds no file.');
}
