import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provider } from '../quota-provider.ts';
import { plainLoop } from '../scaling/plain-loop.ts';

/** A process of its own for the plain loop, so that its CPU time is nobody else's. Prints what it measured as JSON. */
const { provider, warmUp, urls, atOnce } = JSON.parse(process.argv[2] ?? '') as {
  provider: Provider;
  warmUp: string[];
  urls: string[];
  atOnce: number;
};
const folder = await mkdtemp(join(tmpdir(), 'image-studio-plain-'));
const options = { atOnce, side: 1600, folder, sentSide: 1536, format: 'webp' } as const;
try {
  await plainLoop(provider, warmUp, options);
  const before = process.cpuUsage();
  const started = performance.now();
  await plainLoop(provider, urls, options);
  const { user, system } = process.cpuUsage(before);
  console.log(
    JSON.stringify({ cpuMs: (user + system) / 1000, seconds: (performance.now() - started) / 1000 }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
