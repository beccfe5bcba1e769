import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from '../load/watch-cpu.ts';

/** CPU time of a process and of the children that it has now, seconds. Linux only; 0 elsewhere. */
export function cpuOfTree(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const children = processes().filter(({ parent }) => parent === pid);
  return cpuSeconds(pid) + children.reduce((sum, child) => sum + cpuOfTree(child.pid), 0);
}

function processes(): { pid: number; parent: number }[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const parent = parentOf(Number(name));
        return parent === null ? [] : [{ pid: Number(name), parent }];
      });
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
