import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { createCpuGate } from '../sharp-settings.ts';
import { fromFault, type PictureResult, type PictureTask, withBuffers } from './picture-task.ts';
import type { PictureWork } from './picture-work.ts';

/** The thread lies beside this file, compiled like it, or as source when the process runs from source. */
const THREAD = new URL(`./picture-thread${extname(import.meta.url)}`, import.meta.url).href;
/** A thread that has had nothing to do for this long ends and gives its memory back. */
const IDLE_MS = 30_000;

/**
 * Works on `slots` threads of this process. The loops over pixels take 100–400 ms a picture: on the main thread they
 * would delay AI calls past their slots and, when several come together, the renewal of job locks.
 */
export function threadedPictureWork(slots: number): PictureWork {
  const threads = new Piscina({
    filename: THREAD,
    minThreads: 1,
    maxThreads: slots,
    idleTimeout: IDLE_MS,
    // Where the system allows it, pixels give way to the event loop: a late picture is late, a late call costs quota.
    niceIncrement: 10,
  });
  // In front of the threads' own queue, because a task that waits here can still be given up.
  const cpu = createCpuGate(slots);

  async function run<T>(task: PictureTask, signal: AbortSignal): Promise<T> {
    return cpu.run(async () => {
      // Copied, not handed over: what leaves a heap that way is not counted as its growth, and V8 lets its garbage lie.
      const result = (await threads.run(task)) as PictureResult;
      signal.throwIfAborted();
      if (!result.ok) throw fromFault(result.fault);
      return withBuffers(result.value) as T;
    }, signal);
  }

  return {
    prepare: (photo, limits, signal) => run({ name: 'prepare', args: [photo, limits] }, signal),
    finish: (image, spec, signal) => run({ name: 'finish', args: [image, spec] }, signal),
    render: (request, signal) => run({ name: 'render', args: [request] }, signal),
    close: () => threads.close(),
  };
}
