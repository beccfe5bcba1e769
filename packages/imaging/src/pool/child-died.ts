/**
 * Why a child ended in the middle of a task.
 * - `cpu` `memory`: the task took more than it may, and the child ended itself.
 * - `clock`: no answer within the longest time that a child may be silent.
 * - `crash`: a fatal signal of its own (SIGSEGV, SIGABRT …) or an exit that nobody asked for.
 * - `killed`: SIGKILL or SIGTERM from outside, as by the kernel when memory runs out.
 */
export type DeathReason = 'cpu' | 'memory' | 'clock' | 'crash' | 'killed';

/** The child that worked on this very task has died. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied';
  readonly reason: DeathReason;

  constructor(reason: DeathReason, words: string) {
    super(words);
    this.reason = reason;
  }
}
