import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { photosIn } from './photo-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-studio-photos-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function namesOf(...files: string[]): Promise<Record<string, string[]>> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), 'x');
  }
  return Object.fromEntries(
    [...(await photosIn(folder))].map(([sku, all]) => [sku, all.map(({ name }) => name)]),
  );
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

test('a folder without photos is told as such', async () => {
  await expect(namesOf('notes.txt')).rejects.toThrow(/There is no photo in/);
});
