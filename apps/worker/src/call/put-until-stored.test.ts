import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore, type ObjectStore } from '@image-studio/storage';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { putUntilStored } from './put-until-stored.ts';

const answer = { image: Buffer.from('a paid picture'), mime: 'image/png' };

let parent: string;
let folder: string;
let store: ObjectStore;
let tries: number;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'image-studio-put-'));
  folder = join(parent, 'objects');
  const files = createFileStore({ folder, publicUrl: 'http://files.test' });
  await files.check();
  tries = 0;
  store = {
    ...files,
    put(...args) {
      tries += 1;
      return files.put(...args);
    },
  };
});

afterEach(() => rm(parent, { recursive: true, force: true }));

/** A disk that is not mounted, and something else lies in its place. */
async function takeAway(): Promise<() => Promise<void>> {
  await rename(folder, `${folder}-away`);
  await writeFile(folder, '');
  return async () => {
    await rm(folder);
    await rename(`${folder}-away`, folder);
  };
}

describe('putUntilStored', () => {
  test('stores the picture with its type', async () => {
    await putUntilStored(store, 'ai/one', answer, new AbortController().signal);
    expect(await store.get('ai/one')).toEqual(answer.image);
    expect((await store.head('ai/one'))?.contentType).toBe('image/png');
    expect(tries).toBe(1);
  });

  test('tries until the store is back', async () => {
    const bringBack = await takeAway();
    const stored = putUntilStored(store, 'ai/one', answer, new AbortController().signal);
    await eventually(() => expect(tries).toBeGreaterThan(1));
    await bringBack();
    await stored;
    expect(await store.get('ai/one')).toEqual(answer.image);
  });

  test('stores a paid picture even if nobody wants it any more', async () => {
    await putUntilStored(store, 'ai/one', answer, AbortSignal.abort());
    expect(await store.get('ai/one')).toEqual(answer.image);
  });

  test('gives up when the process ends while the store is away', async () => {
    const bringBack = await takeAway();
    const end = new AbortController();
    const stored = putUntilStored(store, 'ai/one', answer, end.signal);
    const ended = expect(stored).rejects.toThrow();
    await eventually(() => expect(tries).toBe(1));
    end.abort();
    await ended;
    expect(tries).toBe(1);
    await bringBack();
  });
});
