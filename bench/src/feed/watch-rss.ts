import { readProcessTree } from '../process-tree.ts';

const EVERY_MS = 5;

/** Resident memory of a process and all that it started, in bytes: at first, and how much more at its peak. Linux only. */
export function watchRss(pid: number): { close(): { before: number; more: number } } {
  const before = readProcessTree(pid).rssBytes;
  let peak = before;
  const look = () => {
    peak = Math.max(peak, readProcessTree(pid).rssBytes);
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    close() {
      clearInterval(timer);
      look();
      return { before, more: peak - before };
    },
  };
}
