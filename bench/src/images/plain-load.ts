import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import type { Provider } from '../quota-provider.ts';

const MAIN = join(import.meta.dirname, 'plain-load-main.js');

export interface PlainLoad {
  images: number;
  cpuMsPerImage: number;
  seconds: number;
}

/**
 * What the plainest script takes for the same photos and answers, so many at once: download, shrink, ask, resize to WebP as the
 * product does, write. It checks nothing, remembers nothing and knows no quota.
 */
export async function plainLoad(
  photos: Buffer[],
  provider: Provider,
  { warmUp, count, inFlight }: { warmUp: number; count: number; inFlight: number },
): Promise<PlainLoad> {
  await provider.reset();
  const supplier = await startSupplier();
  try {
    const urls = Array.from({ length: warmUp + count }, (_, n) =>
      supplier.serve(`/${n}.jpg`, photos[n % photos.length] ?? Buffer.alloc(0)),
    );
    const { baseUrl, apiKey } = provider;
    const task = {
      provider: { baseUrl, apiKey },
      warmUp: urls.slice(0, warmUp),
      urls: urls.slice(warmUp),
      atOnce: inFlight,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, JSON.stringify(task)]);
    const { cpuMs, seconds } = JSON.parse(stdout) as { cpuMs: number; seconds: number };
    return { images: count, cpuMsPerImage: cpuMs / count, seconds };
  } finally {
    await supplier.close();
  }
}
