import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { availableCpus } from './available-cpus.ts';

const CORES = 64;
const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function cpusWith(files: Record<string, string>): number {
  const root = mkdtempSync(join(tmpdir(), 'image-studio-cgroup-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return availableCpus(root, CORES);
}

test('without a control group all cores may be used', () => {
  expect(cpusWith({})).toBe(CORES);
  expect(cpusWith({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n' })).toBe(CORES);
  expect(availableCpus()).toBeGreaterThanOrEqual(1);
});

test('a container of version 2 has the cores of its quota', () => {
  const withQuota = (quota: string) =>
    cpusWith({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': `${quota}\n` });
  expect(withQuota('200000 100000')).toBe(2);
  expect(withQuota('150000 100000')).toBe(2);
  expect(withQuota('50000 100000')).toBe(1);
  expect(withQuota('50000 10000')).toBe(5);
  expect(withQuota('9900000 100000')).toBe(CORES);
});

test('the smallest quota from its own group upwards counts', () => {
  expect(
    cpusWith({
      'proc/self/cgroup': '0::/kubepods/pod1/worker\n',
      'sys/fs/cgroup/kubepods/cpu.max': '800000 100000\n',
      'sys/fs/cgroup/kubepods/pod1/cpu.max': '300000 100000\n',
      'sys/fs/cgroup/kubepods/pod1/worker/cpu.max': 'max 100000\n',
    }),
  ).toBe(3);
});

test.each(['cpu', 'cpu,cpuacct'])(
  'a container of version 1 has the cores of its quota (%s)',
  (controllers) => {
    const withQuota = (quota: number) =>
      cpusWith({
        'proc/self/cgroup': `12:memory:/docker/abc\n4:${controllers}:/docker/abc\n0::/\n`,
        // Mounted from the container's own group on: the path of the host is not there.
        [`sys/fs/cgroup/${controllers}/cpu.cfs_quota_us`]: `${quota}\n`,
        [`sys/fs/cgroup/${controllers}/cpu.cfs_period_us`]: '100000\n',
      });
    expect(withQuota(250_000)).toBe(3);
    expect(withQuota(-1)).toBe(CORES);
  },
);
