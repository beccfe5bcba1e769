import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readCatalogue } from './catalogue.ts';
import { type CatalogueServer, startCatalogueServer } from './catalogue-server.ts';
import { brokenBatch, sampleBatch } from './sample-batches.ts';

describe('startCatalogueServer', () => {
  let memory: string;
  let server: CatalogueServer;
  beforeEach(async () => {
    memory = await mkdtemp(join(tmpdir(), 'image-studio-catalogue-'));
    server = await startCatalogueServer(memory);
  });
  afterEach(async () => {
    await server.close();
    await rm(memory, { recursive: true, force: true });
  });

  test('serves every photo that the sample batch names', async () => {
    const batch = sampleBatch(await readCatalogue(), server.origin);
    expect(batch.skus.length).toBeGreaterThanOrEqual(10);
    for (const { url } of batch.skus.flatMap(({ images }) => images)) {
      const response = await fetch(url);
      expect([url, response.status]).toEqual([url, 200]);
      expect(response.headers.get('content-type')).toMatch(/^image\/(jpeg|png|webp)$/);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    }
  });

  test('serves a broken link for each common fault', async () => {
    const urls = brokenBatch(server.origin).skus.map(({ images }) => images[0]?.url as string);
    const answers = await Promise.all(
      urls.filter((url) => url.startsWith(server.origin)).map(async (url) => (await fetch(url)).status),
    );
    expect(answers).toEqual([404, 200, 200, 200]);
    expect(urls.at(-1)).toContain('169.254.169.254');
  });

  test.each(['/photos/../catalogue.json', '/photos/%2e%2e/catalogue.json', '/%', '/etc/passwd'])(
    'has nothing at %s',
    async (path) => {
      expect((await fetch(`${server.origin}${path}`)).status).toBe(404);
    },
  );

  test('takes the same port again, so that yesterday’s links work', async () => {
    const { origin } = server;
    await server.close();
    server = await startCatalogueServer(memory);
    expect(server.origin).toBe(origin);
  });

  test('takes another port when its own is taken', async () => {
    const second = await startCatalogueServer(memory);
    await second.close();
    expect(second.origin).not.toBe(server.origin);
  });
});
