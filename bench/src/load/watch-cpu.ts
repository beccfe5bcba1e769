import { readFileSync } from 'node:fs';
import type { Deployment } from '@image-studio/testkit/deployment';
import type { Provider } from '../quota-provider.ts';

/** Linux counts in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

interface Used {
  seconds: number;
  'of a core': number;
  'ms a SKU': number;
}

/**
 * CPU time of everybody who shares the machine, from now until it is closed, with the number of SKUs that were done
 * meanwhile. Linux only; zeros elsewhere.
 */
export function watchCpu(
  studio: Deployment,
  provider: Provider,
): { close(skus: number): Record<string, Used> } {
  const used = (): [string, number][] => [
    ['API', cpuSeconds(studio.api.child.pid)],
    ['workers', studio.workers.reduce((sum, { child }) => sum + cpuSeconds(child.pid), 0)],
    ['Redis', cpuSeconds(studio.redis.pid)],
    ['stand-in model', cpuSeconds(provider.pid)],
    ['bench itself', cpuSeconds(process.pid)],
  ];
  const before = new Map(used());
  const started = performance.now();
  return {
    close(skus) {
      const wall = (performance.now() - started) / 1000;
      const round = (value: number) => Number(value.toFixed(2));
      return Object.fromEntries(
        used().map(([who, now]) => {
          const seconds = now - (before.get(who) ?? 0);
          return [
            who,
            {
              seconds: round(seconds),
              'of a core': round(seconds / wall),
              'ms a SKU': round((seconds * 1000) / Math.max(1, skus)),
            },
          ];
        }),
      );
    },
  };
}

/** CPU time that a process has used so far, seconds; 0 for one that is gone. */
export function cpuSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold spaces and brackets; the numbers begin behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
