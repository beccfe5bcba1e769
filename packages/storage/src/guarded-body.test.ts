import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { guardedBody } from './guarded-body.ts';

const toError = (error: unknown) => new Error('worded', { cause: error });

test('passes every byte', async () => {
  const body = Buffer.alloc(3_000_000, 'pixels');
  expect((await buffer(guardedBody(Readable.from([body]), { idleMs: 5_000, toError }))).equals(body)).toBe(
    true,
  );
});

test('gives up a source that stops while the reader waits', async () => {
  const source = new PassThrough();
  source.write('some');
  await expect(buffer(guardedBody(source, { idleMs: 50, toError }))).rejects.toThrow('worded');
  expect(source.destroyed).toBe(true);
});

test('waits for a reader that is slower than any limit', async () => {
  const body = guardedBody(Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(10_000))), {
    idleMs: 20,
    toError,
  });
  let bytes = 0;
  for await (const chunk of body) {
    if (bytes === 0) await delay(200);
    bytes += chunk.length;
  }
  expect(bytes).toBe(400_000);
});

test('words the errors of its source', async () => {
  const source = new PassThrough();
  const reading = buffer(guardedBody(source, { toError }));
  source.destroy(new Error('disk fell off'));
  await expect(reading).rejects.toMatchObject({ message: 'worded', cause: { message: 'disk fell off' } });
});

test('ends with the reason of its signal, also one that fired before', async () => {
  const reason = new Error('stop');
  const source = new PassThrough();
  const ended = guardedBody(source, { signal: AbortSignal.abort(reason), toError });
  await expect(buffer(ended)).rejects.toBe(reason);
  expect(source.destroyed).toBe(true);
});

test('lets go of its source when its reader leaves', async () => {
  const source = new PassThrough();
  const body = guardedBody(source, { idleMs: 60_000, toError });
  body.destroy();
  await eventually(() => expect(source.destroyed).toBe(true));
});
