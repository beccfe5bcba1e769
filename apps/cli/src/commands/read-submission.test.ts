import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker } from '../terminal.ts';
import { readSubmission, type SubmitOptions } from './read-submission.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-studio-submission-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(name: string, content: string, options: SubmitOptions) {
  await writeFile(join(folder, name), content);
  // Files are read here; nobody is asked.
  return readSubmission({} as StudioClient, join(folder, name), options, {} as Speaker);
}

test('options go into the query of a table, and into the fields that hold them in JSON', async () => {
  const options = {
    profile: 'web',
    name: '7',
    set: ['width=300', 'format=jpeg', 'temperature=0.4', 'prompt=on wood'],
  };
  const { query } = await read('a.csv', 'sku,image\nA,https://x.example/a.jpg\n', options);
  expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
    profile: 'web',
    name: '7',
    width: '300',
    format: 'jpeg',
    temperature: '0.4',
    prompt: 'on wood',
  });
  const { init } = await read('a.json', '{"skus":[],"output":{"height":200,"width":1}}', options);
  expect(JSON.parse(String(init.body))).toEqual({
    skus: [],
    profile: 'web',
    name: '7',
    temperature: 0.4,
    output: { width: 300, height: 200, format: 'jpeg' },
    main: { prompt: 'on wood' },
  });
});

test('what belongs to a folder of photos is not taken in silence for a file', async () => {
  await expect(read('a.csv', 'sku\n', { pattern: '{sku}' })).rejects.toThrow('--pattern belongs to a folder');
});
