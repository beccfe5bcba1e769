import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from './object-store.ts';

const MIB = 1024 * 1024;
const PNG = { contentType: 'image/png' };

/** Keys that S3 takes and that break stores which build paths or URLs carelessly. */
const ODD_KEYS = [
  'image-studio/商品-7/主图_main.jpeg',
  'odd/with space + plus & amp = eq ? question # hash',
  'odd/100% %41 %2F',
  `odd/quotes'"\`$(id);*!|<>`,
  'odd/émoji-👩🏽‍🔧/é',
  'odd/.hidden/..dots../...',
  'odd/-rf/~/C:/CON',
  'odd/__proto__/constructor',
  `odd/${'商'.repeat(128)}_main.jpeg`,
  `${'k'.repeat(1024)}`,
  `odd/${Array.from({ length: 300 }, () => 'd').join('/')}`,
];

const HOSTILE_KEYS = [
  '',
  '/etc/passwd',
  '../outside',
  'a/../../outside',
  'a/./b',
  'a//b',
  'a/',
  'nul\0byte',
  'line\nbreak',
  'back\\slash',
  '.studio/check',
  'lone \ud800 surrogate',
  'k'.repeat(1025),
];

export interface StoreUnderTest {
  store: ObjectStore;
  /** Whatever is left of writes that were not finished: temporary files, open multipart uploads. */
  leftovers: () => Promise<number>;
  close: () => Promise<void>;
}

/**
 * What every `ObjectStore` promises, as tests. Whatever is written is read back and compared byte for byte: S3 servers
 * have been seen to accept a body and keep another.
 */
export function describeObjectStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the promises of an object store:`, () => {
    let store: ObjectStore;
    let leftovers: StoreUnderTest['leftovers'];
    let close: StoreUnderTest['close'];

    beforeAll(async () => {
      ({ store, leftovers, close } = await open());
    });
    afterAll(() => close());

    test.each([0, 1, 65_536, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 12 * MIB])(
      'a body of %d bytes comes back as it was, whole and as a stream',
      async (bytes) => {
        const body = randomBytes(bytes);
        await store.put(`sizes/${bytes}`, body, PNG);
        expect((await store.get(`sizes/${bytes}`))?.equals(body)).toBe(true);
        const streamed = await store.stream(`sizes/${bytes}`);
        expect(streamed && (await buffer(streamed.body)).equals(body)).toBe(true);
        expect(streamed?.bytes).toBe(bytes);
      },
    );

    test('size, content type, cache rule, time and etag are kept and told alike by head and stream', async () => {
      const before = Date.now() - 2_000;
      const cacheControl = 'public, max-age=31536000, immutable';
      await store.put('facts/a', Buffer.from('abc'), { contentType: 'image/avif', cacheControl });
      const head = await store.head('facts/a');
      expect(head).toMatchObject({ key: 'facts/a', bytes: 3, contentType: 'image/avif', cacheControl });
      expect(head?.etag).toMatch(/^"[^"]+"$/);
      expect(head?.modifiedAt.getTime()).toBeGreaterThan(before);
      const { body, ...streamed } = (await store.stream('facts/a')) ?? { body: Readable.from([]) };
      body.destroy();
      expect(streamed).toEqual(head);
    });

    test('an object without a cache rule has none, in head and stream', async () => {
      await store.put('facts/plain.json', Buffer.from('{}'), { contentType: 'application/json' });
      expect(await store.head('facts/plain.json')).not.toHaveProperty('cacheControl');
    });

    test('facts survive big and streamed bodies, too', async () => {
      const options = { contentType: 'application/zip', cacheControl: 'no-store' };
      await store.put('facts/big', randomBytes(6 * MIB), options);
      await store.putStream('facts/streamed', Readable.from([randomBytes(6 * MIB)]), options);
      await store.putStream('facts/small-stream', Readable.from(['text']), options);
      for (const key of ['facts/big', 'facts/streamed', 'facts/small-stream']) {
        expect(await store.head(key)).toMatchObject(options);
      }
    });

    test('a file is taken over whole, with its facts; one that is not there leaves no object', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'taken-over-'));
      const bytes = randomBytes(6 * MIB);
      await writeFile(join(folder, 'photo'), bytes);
      await store.putFile('files/a', join(folder, 'photo'), PNG);
      expect((await store.get('files/a'))?.equals(bytes)).toBe(true);
      expect(await store.head('files/a')).toMatchObject({ bytes: bytes.length, ...PNG });
      await expect(store.putFile('files/b', join(folder, 'nosuch'), PNG)).rejects.toThrow();
      expect(await store.get('files/b')).toBeNull();
      await eventually(async () => expect(await leftovers()).toBe(0));
      await rm(folder, { recursive: true });
    });

    test('an object that is not there is null to get, stream and head, and no trouble to delete', async () => {
      expect(await store.get('missing/object')).toBeNull();
      expect(await store.stream('missing/object')).toBeNull();
      expect(await store.stream('missing/object', { range: { start: 3 } })).toBeNull();
      expect(await store.head('missing/object')).toBeNull();
      await expect(store.delete('missing/object')).resolves.toBeUndefined();
    });

    test('a deleted object is gone, and its key free for another', async () => {
      await store.put('deleted/a', Buffer.from('one'), { ...PNG, cacheControl: 'no-store' });
      await store.delete('deleted/a');
      expect(await store.get('deleted/a')).toBeNull();
      expect(await store.head('deleted/a')).toBeNull();
      await store.put('deleted/a', Buffer.from('two'), { contentType: 'text/csv' });
      expect(await store.head('deleted/a')).toMatchObject({ bytes: 3, contentType: 'text/csv' });
    });

    test('the same object put twice is harmless, another one under its key replaces all of it', async () => {
      const options = { contentType: 'image/png', cacheControl: 'max-age=60' };
      await store.put('over/a', Buffer.from('first, and longer'), options);
      await store.put('over/a', Buffer.from('first, and longer'), options);
      expect((await store.get('over/a'))?.toString()).toBe('first, and longer');
      const { etag } = (await store.head('over/a')) ?? {};
      await store.put('over/a', Buffer.from('second'), { contentType: 'image/webp' });
      expect((await store.get('over/a'))?.toString()).toBe('second');
      const head = await store.head('over/a');
      expect(head).toMatchObject({ bytes: 6, contentType: 'image/webp' });
      expect(head).not.toHaveProperty('cacheControl');
      expect(head?.etag).not.toBe(etag);
    });

    test('another body of the same length has another etag', async () => {
      const etags = new Set<string | undefined>();
      for (const body of ['aaaa', 'bbbb', 'cccc', 'dddd']) {
        await store.put('over/etag', Buffer.from(body), PNG);
        etags.add((await store.head('over/etag'))?.etag);
      }
      expect(etags.size).toBe(4);
    });

    test('twenty writers of one key leave one of their bodies, and no reader ever sees a mixture', async () => {
      const body = (writer: number) => Buffer.alloc(300_000 + writer, writer);
      const isWhole = (found: Buffer | null) => found?.equals(body(found[0] ?? -1)) === true;
      await store.put('busy/a', body(0), PNG);
      let writing = true;
      const seen: (Buffer | null)[] = [];
      const reading = (async () => {
        while (writing) seen.push(await store.get('busy/a'));
      })();
      await Promise.all(
        Array.from({ length: 20 }, (_, writer) =>
          writer % 2
            ? store.put('busy/a', body(writer), PNG)
            : store.putStream('busy/a', Readable.from(body(writer)), PNG),
        ),
      );
      writing = false;
      await reading;
      seen.push(await store.get('busy/a'));
      expect(seen.filter((found) => !isWhole(found))).toEqual([]);
    });

    test('many objects at once do not get into each other', async () => {
      const keys = Array.from({ length: 60 }, (_, index) => `many/${index}`);
      await Promise.all(keys.map((key) => store.put(key, Buffer.from(key.repeat(1000)), PNG)));
      const found = await Promise.all(keys.map((key) => store.get(key)));
      expect(found.map(String)).toEqual(keys.map((key) => key.repeat(1000)));
    });

    test.each(ODD_KEYS.map(titled))('the key %s is a key like any other', async (_title, key) => {
      await store.put(key, Buffer.from(key), PNG);
      expect(String(await store.get(key))).toBe(key);
      expect(await store.head(key)).toMatchObject({ key, contentType: 'image/png' });
      const streamed = await store.stream(key);
      expect(streamed && String(await buffer(streamed.body))).toBe(key);
      const path = new URL(await store.url(key)).pathname.split('/').map(decodeURIComponent).join('/');
      expect(path.endsWith(`/${key}`)).toBe(true);
      await store.delete(key);
      expect(await store.get(key)).toBeNull();
    });

    test('long keys that differ only at the end, in case or in normalisation are different objects', async () => {
      const long = '商'.repeat(120);
      const keys = [
        `alike/${long}1`,
        `alike/${long}2`,
        `alike/${long}`,
        'alike/é',
        'alike/e\u0301',
        'alike/%C3%A9',
      ];
      await Promise.all(keys.map((key) => store.put(key, Buffer.from(key), PNG)));
      const found = await Promise.all(keys.map((key) => store.get(key)));
      expect(found.map(String)).toEqual(keys);
    });

    test.each(HOSTILE_KEYS.map(titled))('the key %s is refused by every method', async (_title, key) => {
      const refusal = expect.objectContaining({ code: 'INTERNAL', verdict: 'fail' });
      await expect(store.put(key, Buffer.from('x'), PNG)).rejects.toEqual(refusal);
      await expect(store.putStream(key, Readable.from(['x']), PNG)).rejects.toEqual(refusal);
      await expect(store.get(key)).rejects.toEqual(refusal);
      await expect(store.stream(key)).rejects.toEqual(refusal);
      await expect(store.head(key)).rejects.toEqual(refusal);
      await expect(store.delete(key)).rejects.toEqual(refusal);
      await expect(store.url(key)).rejects.toEqual(refusal);
    });

    test('ranges count from 0, include their end, and are cut at the end of the object', async () => {
      await store.put('ranges/a', Buffer.from('0123456789'), PNG);
      const read = async (range: { start: number; end?: number }) => {
        const found = await store.stream('ranges/a', { range });
        return [found && String(await buffer(found.body)), found?.bytes];
      };
      expect(await read({ start: 0, end: 0 })).toEqual(['0', 10]);
      expect(await read({ start: 2, end: 5 })).toEqual(['2345', 10]);
      expect(await read({ start: 7 })).toEqual(['789', 10]);
      expect(await read({ start: 9, end: 500 })).toEqual(['9', 10]);
    });

    test('a range beyond the last byte says how many bytes there are', async () => {
      await store.put('ranges/b', Buffer.from('0123456789'), PNG);
      await expect(store.stream('ranges/b', { range: { start: 10 } })).rejects.toMatchObject({
        verdict: 'fail',
        message: expect.stringContaining('10 bytes'),
      });
    });

    test('an object over maxBytes is refused with both figures, one of exactly that size is not', async () => {
      await store.put('limits/a', Buffer.alloc(1001), PNG);
      await expect(store.get('limits/a', { maxBytes: 1000 })).rejects.toMatchObject({
        verdict: 'fail',
        message: expect.stringMatching(/1001 bytes.*1000 bytes/),
      });
      expect((await store.get('limits/a', { maxBytes: 1001 }))?.length).toBe(1001);
    });

    test.each([[[]], [[1]], [[70_000, 1, 999]], [[5 * MIB]], [[3 * MIB, 3 * MIB, 6 * MIB + 7]]])(
      'a stream in pieces of %p bytes is stored whole and counted',
      async (pieces) => {
        const chunks = pieces.map((bytes) => randomBytes(bytes));
        const stored = await store.putStream('streams/a', Readable.from(chunks), PNG);
        expect(stored).toEqual({ bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0) });
        expect((await store.get('streams/a'))?.equals(Buffer.concat(chunks))).toBe(true);
      },
    );

    test.each([10, 11 * MIB])(
      'a source that fails after %d bytes keeps its own error and leaves no object',
      async (bytes) => {
        const failing = Readable.from(
          (async function* () {
            yield randomBytes(bytes);
            await setImmediate();
            throw new TypeError('the zip broke');
          })(),
        );
        await expect(store.putStream(`streams/broken-${bytes}`, failing, PNG)).rejects.toThrow(
          new TypeError('the zip broke'),
        );
        expect(await store.get(`streams/broken-${bytes}`)).toBeNull();
        await eventually(async () => expect(await leftovers()).toBe(0));
      },
    );

    test('a source that has failed before it is handed over is an error, not a crash', async () => {
      const failed = new PassThrough();
      failed.on('error', () => {});
      failed.destroy(new Error('failed early'));
      await setImmediate();
      await expect(store.putStream('streams/early', failed, PNG)).rejects.toThrow('failed early');
      expect(await store.get('streams/early')).toBeNull();
    });

    test('a signal that has fired stops every method before it starts', async () => {
      const reason = new Error('cancelled by the user');
      const signal = AbortSignal.abort(reason);
      const body = Readable.from(['x']);
      await expect(store.put('aborted/a', Buffer.from('x'), { ...PNG, signal })).rejects.toBe(reason);
      await expect(store.putStream('aborted/a', body, { ...PNG, signal })).rejects.toBe(reason);
      expect(body.destroyed).toBe(true);
      await expect(store.get('aborted/a', { signal })).rejects.toBe(reason);
      await expect(store.stream('aborted/a', { signal })).rejects.toBe(reason);
      await expect(store.check(signal)).rejects.toBe(reason);
      expect(await store.head('aborted/a')).toBeNull();
    });

    test.each([100, 12 * MIB])('a stream aborted after %d bytes leaves nothing behind', async (bytes) => {
      const abort = new AbortController();
      const source = new PassThrough({ highWaterMark: 64 * MIB });
      const storing = store.putStream(`aborted/${bytes}`, source, { ...PNG, signal: abort.signal });
      source.write(randomBytes(bytes));
      await eventually(() => expect(source.readableLength).toBe(0));
      abort.abort(new Error('stop'));
      await expect(storing).rejects.toThrow('stop');
      expect(source.destroyed).toBe(true);
      expect(await store.get(`aborted/${bytes}`)).toBeNull();
      await eventually(async () => expect(await leftovers()).toBe(0));
    });

    test('a signal that fires while an object is read ends its stream with the reason', async () => {
      await store.put('aborted/read', randomBytes(12 * MIB), PNG);
      const abort = new AbortController();
      const found = await store.stream('aborted/read', { signal: abort.signal });
      const reading = found && buffer(found.body);
      found?.body.once('data', () => abort.abort(new Error('reader left')));
      await expect(reading).rejects.toThrow('reader left');
    });

    test('a stream that nobody finishes can be let go', async () => {
      await store.put('left/a', randomBytes(12 * MIB), PNG);
      const unread = await store.stream('left/a');
      unread?.body.destroy();
      const half = await store.stream('left/a');
      for await (const chunk of half?.body ?? []) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect([unread?.body.destroyed, half?.body.destroyed]).toEqual([true, true]);
    });

    test('check is content, as often as it is asked', async () => {
      await expect(store.check()).resolves.toBeUndefined();
      await expect(store.check()).resolves.toBeUndefined();
      await expect(store.check(new AbortController().signal)).resolves.toBeUndefined();
    });

    test('in the end nothing half-written is left', async () => {
      expect(await leftovers()).toBe(0);
    });
  });
}

/** A key and a title for its test that fits on a line. */
function titled(key: string): [title: string, key: string] {
  return [JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}… (${key.length})` : key), key];
}
