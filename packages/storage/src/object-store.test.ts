import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3StandIn } from '@image-studio/testkit/s3-stand-in';
import { createObjectStore } from './create-object-store.ts';
import { describeObjectStore } from './object-store-contract.ts';

describeObjectStore('the file store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'file-store-'));
  const store = createObjectStore({ kind: 'file', folder, publicUrl: 'http://127.0.0.1:3000' });
  return {
    store,
    leftovers: async () => (await readdir(join(folder, '.studio', 'tmp'))).length,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

describeObjectStore('the S3 store', async () => {
  const server = await startS3StandIn();
  const store = createObjectStore({ kind: 's3', forcePathStyle: true, ...server });
  return {
    store,
    leftovers: async () => server.openUploads(),
    close: async () => {
      await store.close();
      await server.close();
    },
  };
});
