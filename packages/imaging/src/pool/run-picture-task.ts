import { inlinePictureWork } from './inline-picture-work.ts';
import { type PictureResult, type PictureTask, toFault } from './picture-task.ts';
import { createCpuLimiter } from './sharp-settings.ts';

const work = inlinePictureWork(createCpuLimiter(1));
/** A task takes a second or so; a caller that has given it up drops the result. */
const unending = new AbortController().signal;

/** What a child does with a task. Never rejects. */
export async function runPictureTask(task: PictureTask): Promise<PictureResult> {
  try {
    // The name picks the method, and the task's type has matched its arguments to it.
    const method = work[task.name] as (...args: unknown[]) => Promise<unknown>;
    return { ok: true, value: await method(...task.args, unending) };
  } catch (error) {
    return { ok: false, fault: toFault(error) };
  }
}
