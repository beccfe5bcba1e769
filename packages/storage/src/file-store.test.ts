import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyFileLink } from './file-link.ts';
import { createFileStore } from './file-store.ts';
import type { ObjectStore } from './object-store.ts';

const PNG = { contentType: 'image/png' };
const UNAVAILABLE = { name: 'StageError', code: 'STORE_UNAVAILABLE', verdict: 'retry' };
const publicUrl = 'http://127.0.0.1:3000/';

let parent: string;
let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'file-store-'));
  folder = join(parent, 'made', 'when', 'needed');
  store = createFileStore({ folder, publicUrl });
});
afterEach(async () => {
  await store.close();
  await rm(parent, { recursive: true });
});

describe('on the disk', () => {
  test('a picture lies where its key says, as it is, with nothing beside it', async () => {
    await store.put('image-studio/商品-7/front_main.png', Buffer.from('picture'), PNG);
    expect(await readdir(join(folder, 'image-studio', '商品-7'))).toEqual(['front_main.png']);
    expect(await readFile(join(folder, 'image-studio/商品-7/front_main.png'), 'utf8')).toBe('picture');
  });

  test('a second store on the same folder sees everything the first one wrote', async () => {
    await store.put('ai/0a1b', Buffer.from('picture'), { ...PNG, cacheControl: 'no-store' });
    const other = createFileStore({ folder, publicUrl });
    expect(String(await other.get('ai/0a1b'))).toBe('picture');
    expect(await other.head('ai/0a1b')).toEqual(await store.head('ai/0a1b'));
  });

  test.each([
    ['gone', async (file: string) => rm(file)],
    ['empty after a power cut', async (file: string) => writeFile(file, '')],
    ['half written', async (file: string) => writeFile(file, '{"key":"a","conten')],
  ])('facts that are %s are made up for by the extension', async (_what, spoil) => {
    await store.put('inputs/a.webp', Buffer.from('x'), { contentType: 'image/webp' });
    const files = await readdir(join(folder, '.studio', 'facts'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile())) await spoil(join(file.parentPath, file.name));
    expect(await store.head('inputs/a.webp')).toMatchObject({ bytes: 1, contentType: 'image/webp' });
  });

  test('a file that was copied in by hand is an object with the type of its extension', async () => {
    await store.check();
    await mkdir(join(folder, 'inputs'));
    await writeFile(join(folder, 'inputs', 'b.jpg'), 'by hand');
    await writeFile(join(folder, 'inputs', 'c'), 'by hand');
    expect(await store.head('inputs/b.jpg')).toMatchObject({ bytes: 7, contentType: 'image/jpeg' });
    expect(await store.head('inputs/c')).toMatchObject({ contentType: 'application/octet-stream' });
  });

  test('a folder is no object, and an object no folder', async () => {
    await store.put('a/b', Buffer.from('x'), PNG);
    expect([await store.get('a'), await store.head('a'), await store.get('a/b/c')]).toEqual([
      null,
      null,
      null,
    ]);
    await store.delete('a');
    expect(String(await store.get('a/b'))).toBe('x');
    await expect(store.put('a', Buffer.from('x'), PNG)).rejects.toThrow('a folder stands where the object');
    await expect(store.put('a/b/c', Buffer.from('x'), PNG)).rejects.toThrow('a file stands where a folder');
  });

  test('check clears away what dead processes left, but not what is being written now', async () => {
    await store.put('a', Buffer.from('x'), PNG);
    const temporary = join(folder, '.studio', 'tmp');
    await writeFile(join(temporary, 'old'), 'half');
    await writeFile(join(temporary, 'young'), 'half');
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    await utimes(join(temporary, 'old'), twoDaysAgo, twoDaysAgo);
    await store.check();
    expect(await readdir(temporary)).toEqual(['young']);
  });
});

describe('outside the folder', () => {
  let outside: string;
  beforeEach(async () => {
    await store.check();
    outside = join(parent, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.png'), 'secret');
  });

  test('nothing is read through a link to a folder', async () => {
    await symlink(outside, join(folder, 'link'));
    expect(await store.get('link/secret.png')).toBeNull();
    expect(await store.stream('link/secret.png')).toBeNull();
    expect(await store.head('link/secret.png')).toBeNull();
  });

  test('nothing is written or deleted through a link to a folder, at any depth', async () => {
    await symlink(outside, join(folder, 'link'));
    const refusal = { ...UNAVAILABLE, message: expect.stringContaining('leads out of the folder') };
    await expect(store.put('link/new.png', Buffer.from('x'), PNG)).rejects.toMatchObject(refusal);
    await expect(store.put('link/deep/er/new.png', Buffer.from('x'), PNG)).rejects.toMatchObject(refusal);
    await store.delete('link/secret.png');
    expect(await readdir(outside)).toEqual(['secret.png']);
  });

  test('nothing is read through a link to a file, and writing replaces the link', async () => {
    await symlink(join(outside, 'secret.png'), join(folder, 'linked.png'));
    expect(await store.get('linked.png')).toBeNull();
    await store.put('linked.png', Buffer.from('mine'), PNG);
    expect(String(await store.get('linked.png'))).toBe('mine');
    expect(await readFile(join(outside, 'secret.png'), 'utf8')).toBe('secret');
  });

  test('a folder that is itself a link is the folder', async () => {
    await symlink(outside, join(parent, 'store'));
    const linked = createFileStore({ folder: join(parent, 'store'), publicUrl });
    expect(String(await linked.get('secret.png'))).toBe('secret');
    await linked.put('a/b', Buffer.from('x'), PNG);
    expect(await readFile(join(outside, 'a', 'b'), 'utf8')).toBe('x');
  });

  test('a pipe is no object, and nobody waits for it', async () => {
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
    expect(await store.get('pipe')).toBeNull();
  });
});

describe('a folder in trouble', () => {
  test('that cannot be made is named with the reason, by every method', async () => {
    await writeFile(join(parent, 'made'), 'a file');
    const failure = {
      ...UNAVAILABLE,
      message: expect.stringMatching(
        /in folder \/.*\/made\/when\/needed: a file stands where a folder is needed/,
      ),
    };
    await expect(store.check()).rejects.toMatchObject(failure);
    await expect(store.put('a', Buffer.from('x'), PNG)).rejects.toMatchObject(failure);
    await expect(store.get('a')).rejects.toMatchObject(failure);
    await expect(store.stream('a')).rejects.toMatchObject(failure);
    await expect(store.head('a')).rejects.toMatchObject(failure);
    await expect(store.delete('a')).rejects.toMatchObject(failure);
    await rm(join(parent, 'made'));
    await expect(store.check()).resolves.toBeUndefined();
  });

  test('that goes away is a failure, not an empty store whose pictures must be paid for again', async () => {
    await store.put('ai/0a1b', Buffer.from('paid'), PNG);
    await rename(folder, join(parent, 'unmounted'));
    await expect(store.get('ai/0a1b')).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining('the folder is gone'),
    });
    await expect(store.check()).rejects.toMatchObject(UNAVAILABLE);
    await rename(join(parent, 'unmounted'), folder);
    expect(String(await store.get('ai/0a1b'))).toBe('paid');
  });
});

describe('another folder in the place of the store, as an unmounted disk leaves one', () => {
  test('takes no write, however many are under way, and none that was promised is lost', async () => {
    for (let trial = 0; trial < 10; trial += 1) {
      const place = join(parent, `trial-${trial}`);
      const away = `${place}-away`;
      const writing = createFileStore({ folder: place, publicUrl });
      const promised: string[] = [];
      const writer = async (name: number): Promise<unknown> => {
        for (let turn = 0; turn < 300; turn += 1) {
          const key = `ai/${name}-${turn}`;
          const error = await writing.put(key, Buffer.from(key), PNG).catch((reason: unknown) => reason);
          if (error !== undefined) return error;
          promised.push(key);
        }
        return 'written on and on';
      };
      const writers = Array.from({ length: 16 }, (_, name) => writer(name));
      while (promised.length < 20 + trial * 7) await new Promise((resolve) => setImmediate(resolve));
      renameSync(place, away);
      mkdirSync(place);
      expect(await Promise.all(writers)).toEqual(Array(16).fill(expect.objectContaining(UNAVAILABLE)));
      expect(await readdir(place)).toEqual([]);
      const kept = new Set(await readdir(join(away, 'ai')));
      expect(promised.filter((key) => !kept.has(key.slice('ai/'.length)))).toEqual([]);
      expect(await readdir(join(away, '.studio', 'tmp'))).toEqual([]);
    }
  });

  test('is no empty store for a process that has only read either', async () => {
    await store.put('ai/0a1b', Buffer.from('paid'), PNG);
    const reading = createFileStore({ folder, publicUrl });
    expect(String(await reading.get('ai/0a1b'))).toBe('paid');
    await rename(folder, join(parent, 'unmounted'));
    await mkdir(folder);
    for (const work of [
      () => reading.get('ai/0a1b'),
      () => reading.head('ai/0a1b'),
      () => reading.stream('ai/0a1b'),
      () => reading.delete('ai/0a1b'),
      () => reading.check(),
      () => store.expire?.('ai', new Date()),
    ]) {
      await expect(work()).rejects.toMatchObject(UNAVAILABLE);
    }
    await cp(join(parent, 'unmounted'), folder, { recursive: true });
    // The same disk, mounted again.
    expect(String(await reading.get('ai/0a1b'))).toBe('paid');
  });

  test('is noticed too where the store was made by an earlier version, which left no mark', async () => {
    await mkdir(join(folder, 'ai'), { recursive: true });
    await mkdir(join(folder, '.studio', 'tmp'), { recursive: true });
    await writeFile(join(folder, 'ai', '0a1b'), 'paid');
    expect(String(await store.get('ai/0a1b'))).toBe('paid');
    await store.check();
    await rename(folder, join(parent, 'unmounted'));
    await mkdir(folder);
    await expect(store.get('ai/0a1b')).rejects.toMatchObject(UNAVAILABLE);
  });
});

test('a process that is killed while it writes leaves whole objects only', async () => {
  const writer = `
    import { createFileStore } from ${JSON.stringify(pathToFileURL(sourceOf('file-store.ts')).href)};
    const store = createFileStore({ folder: ${JSON.stringify(folder)}, publicUrl: '' });
    for (let turn = 0; ; turn += 1) {
      const body = Buffer.alloc(2_000_000 + (turn % 7), turn % 251);
      await store.put('same', body, { contentType: 'image/png' });
      await store.put('new/' + turn, body, { contentType: 'image/png' });
      if (turn === 3) process.stdout.write('writing');
    }`;
  const typescript = sourceOf('../../../scripts/typescript.mjs');
  const runner = ['--conditions=source', '--import', typescript, '--input-type=module', '--eval', writer];
  for (let kills = 0; kills < 3; kills += 1) {
    const child = spawn(process.execPath, runner, { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const written = await readdir(join(folder, 'new'));
    expect(written.length).toBeGreaterThanOrEqual(3);
    for (const key of ['same', ...written.map((name) => `new/${name}`)]) {
      const body = await store.get(key);
      expect(body?.length).toBeGreaterThanOrEqual(2_000_000);
      expect(body?.every((byte) => byte === body[0])).toBe(true);
      expect(await store.head(key)).toMatchObject({ contentType: 'image/png' });
    }
  }
});

describe('links', () => {
  test('lead to /files of the public address, each segment percent-encoded', async () => {
    expect(await store.url('image-studio/商品 7/a+b#1_main.png')).toBe(
      'http://127.0.0.1:3000/files/image-studio/%E5%95%86%E5%93%81%207/a%2Bb%231_main.png',
    );
  });

  test('are signed where there is a secret, and verified by it', async () => {
    const linkSecret = 'a long secret';
    const signing = createFileStore({
      folder,
      publicUrl,
      linkSecret: async () => linkSecret,
      linkTtlSeconds: 7200,
    });
    const link = new URL(await signing.url('a/b.png'));
    const expires = link.searchParams.get('expires') ?? '';
    const signature = link.searchParams.get('signature') ?? '';
    expect(link.pathname).toBe('/files/a/b.png');
    expect(Number(expires) * 1000).toBeGreaterThan(Date.now() + 3500_000);
    expect(verifyFileLink({ key: 'a/b.png', expires, signature, linkSecret })).toBe(true);
  });
});

function sourceOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

describe('expiry', () => {
  const key = (name: string) => `inputs/${name}.jpg`;
  const age = (name: string, days: number) => {
    const time = new Date(Date.now() - days * 86_400_000);
    return utimes(join(folder, 'inputs', `${name}.jpg`), time, time);
  };
  const weekAgo = () => new Date(Date.now() - 7 * 86_400_000);

  test('takes what is old, with its facts, and nothing else', async () => {
    for (const name of ['old', 'new']) await store.put(key(name), Buffer.from(name), PNG);
    await store.put('image-studio/S/old.jpg', Buffer.from('result'), PNG);
    await age('old', 8);
    await age('new', 6);
    expect(await store.expire?.('inputs', weekAgo())).toBe(1);
    expect(await readdir(join(folder, 'inputs'))).toEqual(['new.jpg']);
    expect((await store.head('image-studio/S/old.jpg'))?.bytes).toBe(6);
    const facts = await readdir(join(folder, '.studio', 'facts'), { recursive: true });
    expect(facts.filter((name) => name.endsWith('.json'))).toHaveLength(2);
    expect(await readdir(join(folder, '.studio', 'tmp'))).toEqual([]);
  });

  test('finds nothing to do in an area that nobody has used', async () => {
    expect(await store.expire?.('ai', weekAgo())).toBe(0);
  });

  test('does not take along what is written again meanwhile, and several may do it at once', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `photo-${n}`);
    for (const name of names) {
      await store.put(key(name), Buffer.from(name), PNG);
      await age(name, 8);
    }
    const others = [createFileStore({ folder, publicUrl }), createFileStore({ folder, publicUrl })];
    const rewritten = names.filter((_, n) => n % 2 === 0);
    await Promise.all([
      ...[store, ...others].map((each) => each.expire?.('inputs', weekAgo())),
      ...rewritten.map((name) => store.put(key(name), Buffer.from('again'), PNG)),
    ]);
    expect((await readdir(join(folder, 'inputs'))).sort()).toEqual(
      rewritten.map((name) => `${name}.jpg`).sort(),
    );
  });
});
