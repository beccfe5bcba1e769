import { type ChildProcess, fork } from 'node:child_process';
import { StageError } from '@image-studio/contract';
import { ChildDied } from './child-died.ts';
import type { ChildLimits } from './child-limits.ts';
import type { ChildMessage } from './serve-tasks.ts';

export interface ChildOptions {
  /** What the child runs: a module that calls `serveTasks`. */
  module: URL;
  limits: ChildLimits;
  /** The child's whole environment. A child reads hostile files, so it is told no secrets. */
  env: Record<string, string | undefined>;
  /** Options of Node for the child. */
  execArgv: string[];
}

/** A process that works on one task at a time. */
export interface Child {
  pid: number | undefined;
  /** Rejects with `ChildDied` when the process ends before its answer. */
  run(task: object): Promise<unknown>;
  /** Whether it has done or holds so much that another one should take its place. */
  isWorn(): boolean;
  /** CPU time of its tasks and resident memory, as it told when the last one ended. */
  usage(): { cpuMs: number; memoryBytes: number };
  /** Resolves when it has ended, in whatever way. */
  ended: Promise<void>;
  /** Ends it while it has no task. Resolves when it has ended. */
  end(): Promise<void>;
}

/** A child that was told to end and lives on is killed after this. */
const END_MS = 2000;
/** A new process on a busy machine: 0.3 s alone, and ten times that beside others. */
const START_MS = 60_000;

interface Task {
  resolve(result: unknown): void;
  reject(reason: Error): void;
}

/** Resolves when the child is ready for work; rejects when it ends before that. */
export async function startChild({ module, limits, env, execArgv }: ChildOptions): Promise<Child> {
  const { cpuMs, memoryBytes } = limits;
  const child = fork(module, [JSON.stringify({ cpuMs, memoryBytes })], {
    serialization: 'advanced',
    env,
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let tasks = 0;
  let usage = { cpuMs: 0, memoryBytes: 0 };
  let task: Task | undefined;
  /** Why it is about to die, where that is known before it ends. */
  let cause: ChildDied | undefined;
  let started = () => {};
  let notStarted = (_reason: Error) => {};
  const ready = new Promise<void>((resolve, reject) => {
    started = resolve;
    notStarted = reject;
  });

  child.on('message', (message: ChildMessage) => {
    switch (message.type) {
      case 'ready':
        return started();
      case 'over':
        cause = overLimit(message);
        return;
      case 'done':
        usage = { cpuMs: message.cpuMs, memoryBytes: message.memoryBytes };
        return task?.resolve(message.result);
    }
  });
  const ended = endOf(child).then((how) => {
    const death = cause ?? deathBy(how);
    const words = `a process for pictures did not start: ${death.message}`;
    notStarted(new StageError('INTERNAL', words, { verdict: 'retry' }));
    task?.reject(death);
  });
  const kill = (reason: ChildDied) => {
    cause ??= reason;
    child.kill('SIGKILL');
  };

  const tooSlow = setTimeout(() => child.kill('SIGKILL'), START_MS);
  await ready.finally(() => clearTimeout(tooSlow));
  return {
    pid: child.pid,
    async run(input) {
      tasks += 1;
      const silent = () => kill(new ChildDied('clock', `gave no answer for ${limits.clockMs / 1000} s`));
      // An answer that came while this process itself was frozen is read first.
      const clock = setTimeout(() => setImmediate(() => task && silent()), limits.clockMs);
      try {
        return await new Promise<unknown>((resolve, reject) => {
          task = { resolve, reject };
          // A child that is gone says so by its end.
          child.send(input, () => {});
        });
      } finally {
        clearTimeout(clock);
        task = undefined;
      }
    },
    isWorn: () => tasks >= limits.tasks || usage.memoryBytes > limits.restBytes,
    usage: () => usage,
    ended,
    async end() {
      if (child.connected) child.disconnect();
      const lingers = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await ended.finally(() => clearTimeout(lingers));
    },
  };
}

/** The signal or exit code, once everything that it told has been read. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let how: string | undefined;
    const settle = () => {
      if (how !== undefined && !child.connected) resolve(how);
    };
    child.on('disconnect', settle);
    child.on('exit', (code, signal) => {
      how = signal ?? `exit code ${code}`;
      settle();
    });
    child.on('error', (error) => {
      // Without a pid it never ran, and has no end to wait for.
      if (child.pid === undefined) resolve(error.message);
    });
  });
}

function overLimit({ what, measured }: Extract<ChildMessage, { type: 'over' }>): ChildDied {
  return what === 'cpu'
    ? new ChildDied('cpu', `took ${Math.round(measured / 1000)} s of CPU time`)
    : new ChildDied('memory', `took ${Math.round(measured / 1e6)} MB of memory`);
}

/** Signals that no fault of a program raises. */
const FROM_OUTSIDE = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

function deathBy(how: string): ChildDied {
  return FROM_OUTSIDE.has(how)
    ? new ChildDied('killed', `was killed from outside (${how})`)
    : new ChildDied('crash', `crashed (${how})`);
}
