import { Job, type Queue } from 'bullmq';

/** Lets a delayed job start now. Resolves to `false` when it is not delayed (any more), or gone. */
export async function promoteJob(queue: Queue, id: string): Promise<boolean> {
  try {
    await new Job(queue, 'job', {}, {}, id).promote();
    return true;
  } catch (error) {
    if (error instanceof Error && /not in the delayed state|Missing key/i.test(error.message)) return false;
    throw error;
  }
}
