import type { ChildProcess } from 'node:child_process';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Closing takes a moment: sockets say goodbye, processes are reaped. What is open after this was forgotten. */
const GRACE_MS = 2000;

/** What keeps a Node process alive, counted by the name of its kind: `TCPSocketWrap`, `ProcessWrap`, … */
export type OpenHandles = Map<string, number>;

/**
 * Kinds of what is forgotten; file reads, name look-ups and the like end by themselves. Pipes do not count: those of a
 * child process end with it, and the test runner opens its own when a file first prints something.
 */
const LASTING = /^(TCP|TLS|UDP|HTTP|Process|FSEvent|StatWatcher|Worker|MessagePort|Signal)\w*$/;

/** What is open now; the start of a test file is what its end is compared with. */
export function openHandles(): OpenHandles {
  const counts: OpenHandles = new Map();
  for (const kind of process.getActiveResourcesInfo()) {
    if (LASTING.test(kind) && !kind.includes('Connect')) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/**
 * Rejects when more is open than `before`, after a short grace: a socket, a server, a child process or a timer that
 * nobody closed. The message names what there is; `openTimers` tells where each timer was made. Every test file is
 * held to this (jest.config.js).
 */
export async function expectNothingOpen(
  before: OpenHandles,
  openTimers: () => readonly string[] = () => [],
): Promise<void> {
  const deadline = Date.now() + GRACE_MS;
  for (;;) {
    const left = more(openHandles(), before);
    const timers = openTimers();
    if (left.length === 0 && timers.length === 0) return;
    if (Date.now() > deadline) {
      const what = [...left, ...(timers.length > 0 ? [`${timers.length} × timer`] : [])].join(', ');
      throw new Error(
        [`This file left something open: ${what}.`, ...describeHandles(), ...timers].join('\n'),
      );
    }
    await delay(20);
  }
}

function more(now: OpenHandles, before: OpenHandles): string[] {
  return [...now].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0);
    return extra > 0 ? [`${extra} × ${kind}`] : [];
  });
}

/** Addresses and pids help to find who opened it. Node has no public way to list them. */
function describeHandles(): string[] {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles?: () => object[] };
  return (_getActiveHandles?.call(process) ?? []).map((handle) => {
    if ('spawnfile' in handle) {
      const { pid, spawnargs } = handle as ChildProcess;
      return `  child process ${pid}: ${spawnargs.join(' ')}`;
    }
    if ('listening' in handle) return `  server on ${JSON.stringify((handle as Server).address())}`;
    if ('remoteAddress' in handle) {
      const { localPort, remoteAddress, remotePort } = handle as Socket;
      return `  ${handle.constructor.name} ${localPort ?? '-'} → ${remoteAddress ?? '-'}:${remotePort ?? '-'}`;
    }
    return `  ${handle.constructor.name}`;
  });
}
