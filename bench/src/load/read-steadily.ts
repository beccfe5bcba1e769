import { setTimeout as sleep } from 'node:timers/promises';

export interface Read {
  path: string;
  status: number;
  ms: number;
}

/** A read that has no answer by then counts as failed. */
const TIMEOUT_MS = 10_000;

/** Reads what dashboards and scripts read, evenly spread, whether or not earlier ones have been answered. */
export async function readSteadily(
  url: string,
  ids: string[],
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Read[]> {
  const reads: Promise<Read>[] = [];
  const started = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const dueMs = (n / perSecond) * 1000 - (performance.now() - started);
    if (dueMs > 0) await sleep(dueMs);
    reads.push(read(url, pathOf(n, ids[n % ids.length] ?? '')));
  }
  return Promise.all(reads);
}

function pathOf(n: number, id: string): string {
  const batch = `/api/v1/batches/${id}`;
  const paths = [
    '/api/v1/batches?limit=50',
    batch,
    `${batch}/skus?limit=50`,
    `${batch}/skus?limit=200&view=brief&cursor=${(n * 37) % 4000}`,
    `${batch}/skus?state=completed&limit=50`,
    `${batch}/skus?q=${(n * 7) % 1000}&limit=50`,
    `${batch}/skus?state=failed&reason=MODEL_REFUSED&limit=50`,
    `${batch}/summary`,
    '/api/v1/quota',
    '/api/v1/workers',
  ];
  // Another step than the number of batches, so that every batch gets every question.
  return paths[(n + Math.floor(n / paths.length)) % paths.length] ?? batch;
}

async function read(url: string, path: string): Promise<Read> {
  const started = performance.now();
  const status = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
  return { path, status, ms: performance.now() - started };
}
