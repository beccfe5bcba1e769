import { configureSharp, createCpuGate } from '../sharp-settings.ts';
import { inlinePictureWork } from './inline-picture-work.ts';
import { type PictureResult, type PictureTask, toFault, withBuffers } from './picture-task.ts';

configureSharp();
const work = inlinePictureWork(createCpuGate(1));
/** A task takes a second at most; who gave it up meanwhile drops its result. */
const unending = new AbortController().signal;

/** The whole life of a picture thread: one task at a time. */
export default async function runTask(task: PictureTask): Promise<PictureResult> {
  try {
    // The name picks the method, and the task's type has matched its arguments to it.
    const method = work[task.name] as (...args: unknown[]) => Promise<unknown>;
    return { ok: true, value: await method(...withBuffers(task.args), unending) };
  } catch (error) {
    return { ok: false, fault: toFault(error) };
  }
}
