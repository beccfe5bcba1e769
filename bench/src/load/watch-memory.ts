import { readFileSync } from 'node:fs';
import type { Deployment } from '@image-studio/testkit/deployment';
import type { Sample } from './figures.ts';

const EVERY_MS = 2000;

/** Samples the resident memory of the API and the workers until it is closed; Linux only, empty elsewhere. */
export function watchMemory(studio: Deployment): { close(): Record<string, Sample[]> } {
  const processes = { API: studio.api, 'worker 1': studio.workers[0], 'worker 2': studio.workers[1] };
  const series: Record<string, Sample[]> = {};
  const timer = setInterval(() => {
    for (const [name, { child } = {}] of Object.entries(processes).map(
      ([name, one]) => [name, one] as const,
    )) {
      const mb = child?.pid === undefined ? undefined : residentMb(child.pid);
      if (mb === undefined) continue;
      series[name] = [...(series[name] ?? []), { at: performance.now(), mb }];
    }
  }, EVERY_MS);
  return {
    close() {
      clearInterval(timer);
      return series;
    },
  };
}

function residentMb(pid: number): number | undefined {
  try {
    const [, kb] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}
