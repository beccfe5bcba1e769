/**
 * For tests: a worker as a process of its own that marks stored files, and kills itself (-9) right behind its `dieAfter`-th
 * file: that one is written, and nobody has noted it. Argument: JSON.
 */

import { createStudioWorker } from '@image-studio/queue';
import { createObjectStore } from '@image-studio/storage';
import { remarkBatch } from '../chores/remark-batch.ts';

const { redisUrl, prefix, folder, dieAfter } = JSON.parse(process.argv[2] ?? '') as {
  redisUrl: string;
  prefix: string;
  folder: string;
  dieAfter: number;
};
const log = { info() {}, warn() {} };
const worker = createStudioWorker({
  ...{ redisUrl, prefix, log, version: '0', quota: { callsPerMinute: 6000 } },
  ...{ callTimeoutMs: 10_000, skuConcurrency: 1, aiConcurrency: 1, jobLockMs: 3000 },
});
const store = createObjectStore({ kind: 'file', folder, publicUrl: 'http://studio.test' });
let written = 0;
await worker.start({
  sku: async () => ({ next: 'drop' }),
  call: async () => ({ next: 'requeue', ms: 10_000 }),
  chores: {
    audit: async () => ({ next: 'done' }),
    remark: remarkBatch({
      remarks: worker.remarks,
      log,
      store: {
        get: store.get,
        async put(...args) {
          await store.put(...args);
          written += 1;
          if (written === dieAfter) process.kill(process.pid, 'SIGKILL');
        },
      },
    }),
  },
});
