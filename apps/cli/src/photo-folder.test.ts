import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FolderReading, listPhotos, sortPhotos } from './photo-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-studio-photos-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const namesOf = (...files: string[]) => sorted({}, files);

async function sorted(reading: FolderReading, files: string[]): Promise<Record<string, string[]>> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), 'x');
  }
  const { skus } = sortPhotos(await listPhotos(folder), reading);
  return Object.fromEntries(skus.map(({ sku, paths }) => [sku, paths.map((path) => basename(path))]));
}

test('photos beside one another are told apart by what is behind the code, in the order of its number', async () => {
  expect(
    await namesOf('MUG-01_10.jpg', 'MUG-01_2.jpg', 'MUG-01_1.JPG', 'BOWL-7.png', 'cup (2).webp', 'cup.webp'),
  ).toEqual({
    'BOWL-7': ['BOWL-7.png'],
    cup: ['cup.webp', 'cup (2).webp'],
    'MUG-01': ['MUG-01_1.JPG', 'MUG-01_2.jpg', 'MUG-01_10.jpg'],
  });
});

test('a folder is named for its SKU, and its main photo comes first', async () => {
  expect(
    await namesOf('MUG-01/back.jpg', 'MUG-01/front.jpg', 'MUG-01/more/1.jpg', 'notes.txt', '.cache/a.jpg'),
  ).toEqual({
    'MUG-01': ['front.jpg', 'back.jpg', '1.jpg'],
  });
});

test('a pattern decides, and one that is none is told with an example', async () => {
  const files = ['01_MUG.jpg', '02_MUG.jpg', '01_BOWL.jpg'];
  expect(await sorted({ pattern: '{n}_{sku}' }, files)).toEqual({
    BOWL: ['01_BOWL.jpg'],
    MUG: ['01_MUG.jpg', '02_MUG.jpg'],
  });
  await expect(sorted({ pattern: '{n}' }, files)).rejects.toThrow('it holds {sku} once');
});

test('a table beside gives codes, order and the pattern that finds them', async () => {
  const table = ['CUP-2', 'CUP-1'].map((sku) => ({ sku, attributes: {}, photos: [] }));
  const found = await sorted({ table }, ['CUP-1.jpg', 'CUP-2.jpg', 'CUP-3.jpg']);
  expect(Object.keys(found)).toEqual(['CUP-2', 'CUP-1', 'CUP-3']);
});

test('a folder without photos is told as such', async () => {
  await expect(namesOf('notes.txt')).rejects.toThrow(/There is no photo in/);
});
