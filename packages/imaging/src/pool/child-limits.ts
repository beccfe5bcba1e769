/** What a child of the pool may take. */
export interface ChildLimits {
  /** CPU time of one task, all threads of the child together. */
  cpuMs: number;
  /** Resident memory of the child. */
  memoryBytes: number;
  /** Time of one task by the clock. Far above `cpuMs`: a busy machine is not the picture's fault. */
  clockMs: number;
  /** After so many tasks a child is replaced by a new one. */
  tasks: number;
  /** A child that holds more than this between two tasks is replaced, too. */
  restBytes: number;
  /** A child without work for so long ends, and gives its memory back. */
  idleMs: number;
}

/**
 * - CPU: a photo takes 0.1–1 s, the worst allowed one (50 megapixels of CMYK) 6 s.
 * - Memory: a child at work on photos of 12 MP holds about 200 MB; the costliest file that is decoded takes 450 MB more.
 * - Tasks: the first 50 pictures of a child cost up to three times as much, until V8 has compiled the loops over pixels;
 *   spread over 2,000 that is 1 %.
 */
export const CHILD_LIMITS: ChildLimits = {
  cpuMs: 20_000,
  memoryBytes: 700e6,
  clockMs: 180_000,
  tasks: 2000,
  restBytes: 400e6,
  idleMs: 30_000,
};
