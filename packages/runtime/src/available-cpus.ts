import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Cores that this process may use at once: those that it is bound to, or fewer when the control group of its container has
 * less CPU time (rounded up; at least 1). Node 20 does not see such a limit: with 64 cores and a limit of two it would start 64
 * of whatever it starts once a core. `root` is for tests.
 */
export function availableCpus(root = '/', cores = availableParallelism()): number {
  return Math.max(1, Math.min(cores, Math.ceil(smallestQuota(root))));
}

/** In cores; infinite without a limit. A limit of any group above counts as well. */
function smallestQuota(root: string): number {
  const quotas = groupsOf(root).flatMap(({ version, path }) => {
    const folders = version === 2 ? V2_FOLDERS : V1_FOLDERS;
    const read = version === 2 ? readV2 : readV1;
    return folders.flatMap((folder) => upwards(path).map((group) => read(join(root, folder, group))));
  });
  return Math.min(Number.POSITIVE_INFINITY, ...quotas);
}

const V2_FOLDERS = ['sys/fs/cgroup', 'sys/fs/cgroup/unified'];
const V1_FOLDERS = ['sys/fs/cgroup/cpu', 'sys/fs/cgroup/cpu,cpuacct'];

interface Group {
  version: 1 | 2;
  path: string;
}

/** Lines like `0::/a/b` (version 2) and `4:cpu,cpuacct:/a/b` (version 1). */
function groupsOf(root: string): Group[] {
  return readText(join(root, 'proc/self/cgroup'))
    .split('\n')
    .flatMap((line): Group[] => {
      const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (controllers === undefined || path === undefined) return [];
      if (controllers === '') return [{ version: 2, path }];
      return controllers.split(',').includes('cpu') ? [{ version: 1, path }] : [];
    });
}

/** `/a/b`, `/a`, `/`: inside of a container the path may be the host's, and only the last one exists. */
function upwards(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, less) => parts.slice(0, parts.length - less).join('/'));
}

/** `max 100000`, or `150000 100000`: microseconds in each period. */
function readV2(group: string): number {
  const [quota, period] = readText(join(group, 'cpu.max')).trim().split(' ').map(Number);
  return coresOf(quota, period);
}

/** The quota is -1 without a limit. */
function readV1(group: string): number {
  return coresOf(
    Number.parseInt(readText(join(group, 'cpu.cfs_quota_us')), 10),
    Number.parseInt(readText(join(group, 'cpu.cfs_period_us')), 10),
  );
}

function coresOf(quota = Number.NaN, period = Number.NaN): number {
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Other systems have none, and old ones have the other version's.
    return '';
  }
}
