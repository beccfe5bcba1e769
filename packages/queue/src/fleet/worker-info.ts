import type { Stage } from '@image-studio/contract';

export interface WorkerInfo {
  id: string;
  host: string;
  pid: number;
  version: string;
  startedAt: string;
  lastSeenAt: string;
  activeSkus: number;
  activeCalls: number;
  /** Jobs in each stage; calls are in `generate`. */
  stages: Partial<Record<Stage, number>>;
  /** Pools whose calls it makes; workers of earlier versions know the default one. */
  pools?: string[] | undefined;
  /** Its capacity; workers of earlier versions do not tell it. */
  capacity?: WorkerCapacity | undefined;
}

export interface WorkerCapacity {
  cpus: number;
  /** Calls on the wire at once. */
  aiConcurrency: number;
  /** CPU milliseconds that a picture took lately, everything included; `null` before it has made some. */
  cpuMsPerPicture: number | null;
}
