import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)` of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds and resident bytes of a process and its children, those included that have ended. Linux only. */
export function readProcessTree(pid: number): { cpuSeconds: number; rssBytes: number } {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  const ownTicks = ticks(pid, 4);
  const theirTicks = children.map((child) => ticks(child, 2));
  const rss = [pid, ...children].map(residentBytes);
  return { cpuSeconds: sum([ownTicks, ...theirTicks]) / TICKS_PER_SECOND, rssBytes: sum(rss) };
}

/** Of /proc/pid/stat from its 14th field on: user and system time, then the same of children that have ended. */
function ticks(pid: number | string, fields: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(afterName.slice(11, 11 + fields).map(Number));
}

function residentBytes(pid: number | string): number {
  return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
