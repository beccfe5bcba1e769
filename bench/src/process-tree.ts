import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)` of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds and resident bytes of a process and all its descendants, those included that have ended. Linux only; zeros elsewhere and for no process. */
export function readProcessTree(pid: number | undefined): { cpuSeconds: number; rssBytes: number } {
  if (pid === undefined) return { cpuSeconds: 0, rssBytes: 0 };
  const processes = [pid, ...descendants(pid)];
  return {
    cpuSeconds: sum(processes.map(ticks)) / TICKS_PER_SECOND,
    rssBytes: sum(processes.map(residentBytes)),
  };
}

function descendants(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Of /proc/pid/stat from its 14th field on: user and system time, then the same of children that have ended and were waited for. */
function ticks(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(afterName.slice(11, 15).map(Number));
}

function residentBytes(pid: number): number {
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
