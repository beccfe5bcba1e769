import { pipeline, type Readable, Transform } from 'node:stream';

/**
 * An object's bytes on their way to the reader. Destroying either end destroys the other; `signal` ends it with its
 * reason; a source that sends nothing for `idleMs` while the reader waits is given up (a slow reader is not: a
 * browser may take all day). Errors of the source come out as `toError` words them.
 */
export function guardedBody(
  source: Readable,
  guard: { idleMs?: number; signal?: AbortSignal | undefined; toError: (error: unknown) => Error },
): Readable {
  const { idleMs, signal, toError } = guard;
  const onAbort = () => body.destroy(asError(signal?.reason));
  const body = new Transform({
    transform(chunk, _encoding, callback) {
      timer?.refresh();
      callback(null, chunk);
    },
    destroy(error, callback) {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      callback(error === null || signal?.aborted ? error : toError(error));
    },
  });
  const timer = idleMs === undefined ? undefined : setTimeout(onIdle, idleMs);
  function onIdle() {
    const readerIsSlow = body.readableLength > 0 || body.writableLength > 0;
    if (readerIsSlow) timer?.refresh();
    else body.destroy(new Error(`the body stopped for ${idleMs} ms`));
  }

  // pipeline hands the source's error to `body`, whose reader gets it; there is nobody else to tell.
  pipeline(source, body, () => {});
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return body;
}

function asError(reason: unknown): Error {
  return typeof reason === 'object' && reason !== null ? (reason as Error) : new Error(String(reason));
}
