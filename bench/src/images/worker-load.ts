import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { deploy } from '@image-studio/testkit/deployment';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { readProcessTree } from '../process-tree.ts';
import type { Provider } from '../quota-provider.ts';

const POLL_MS = 200;
/** As `npm start` starts its workers, and operations.md says. */
export const AS_STARTED = {
  GLIBC_TUNABLES: 'glibc.malloc.arena_max=2:glibc.malloc.mmap_threshold=1048576:glibc.malloc.hugetlb=1',
};

export interface WorkerLoad {
  images: number;
  cpuMsPerImage: number;
  peakRssMb: number;
  /** SKUs and calls that the worker held at once. */
  mostInFlight: number;
  seconds: number;
}

/**
 * One real worker process, with Redis, API, supplier and provider around it, takes `count` SKUs of a 12 MP photo each
 * from download to upload, `inFlight` at once. Its CPU time and memory are its own and its children's, as the system counts
 * them. The CPU time is that of a worker at work: `warmUp` SKUs go before, until its code is compiled (each child compiles for
 * itself, some fifty pictures long). The peak of its memory is that of its whole life, seen five times a second.
 */
export async function workerLoad(
  photos: Buffer[],
  provider: Provider,
  { warmUp, count, inFlight }: { warmUp: number; count: number; inFlight: number },
): Promise<WorkerLoad> {
  await provider.reset();
  const supplier = await startSupplier();
  const studio = await deploy({
    workers: 1,
    env: {
      GEMINI_API_KEY: provider.apiKey,
      GEMINI_BASE_URL: provider.baseUrl,
      AI_CALLS_PER_MINUTE: '6000',
      SKU_CONCURRENCY: String(inFlight),
      AI_CONCURRENCY: String(inFlight),
      ...AS_STARTED,
    },
  });
  try {
    const [worker] = studio.workers;
    const pid = worker?.child.pid ?? 0;
    const opsUrl = await eventually(() => {
      const url = /"opsUrl":"([^"]+)"/.exec(worker?.output() ?? '')?.[1];
      if (url === undefined) throw new Error('the worker is not up');
      return url;
    });
    const seen = { peak: 0, mostInFlight: 0 };
    const run = async (first: number, last: number) => {
      // Titles differ, so that no call is answered by another one's picture.
      const skus = Array.from({ length: last - first }, (_, n) => ({
        sku: `S${first + n}`,
        images: [{ url: supplier.serve(`/${first + n}.jpg`, photos[n % photos.length] ?? Buffer.alloc(0)) }],
        attributes: { title: `Product ${first + n}` },
      }));
      const answer = await studio.post('/api/v1/batches', { skus });
      const { id } = (await answer.json()) as { id: string };
      for (;;) {
        await sleep(POLL_MS);
        const now = await metricsOf(opsUrl);
        seen.peak = Math.max(seen.peak, readProcessTree(pid).rssBytes);
        seen.mostInFlight = Math.max(seen.mostInFlight, now.active);
        const batch = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as {
          finishedAt: string | null;
          counts: { failed: number };
        };
        if (batch.counts.failed > 0) throw new Error(`${batch.counts.failed} SKUs failed`);
        if (batch.finishedAt !== null) return;
      }
    };
    await run(0, warmUp);
    const before = readProcessTree(pid);
    const started = performance.now();
    await run(warmUp, warmUp + count);
    const after = readProcessTree(pid);
    return {
      images: count,
      cpuMsPerImage: (1000 * (after.cpuSeconds - before.cpuSeconds)) / count,
      peakRssMb: seen.peak / 1e6,
      mostInFlight: seen.mostInFlight,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await studio.close();
    await supplier.close();
  }
}

async function metricsOf(opsUrl: string) {
  const text = await (await fetch(`${opsUrl}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    active: value('image_studio_worker_jobs'),
  };
}
