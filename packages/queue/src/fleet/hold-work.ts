import type { Database } from '../redis/database.ts';
import { clearOperatorMessage, raiseOperatorMessage } from './operator-messages.ts';

/** A pause of this process alone: a full disk or a wrong key may be its own, and other processes find out for themselves. */
export interface WorkHold {
  isHeld(): boolean;
  /** Takes no new work of any kind, with a message for the operator; what is being done goes on. */
  holdWork(code: string, message: string): Promise<void>;
  /** Takes the message back, and takes work again unless it is held for something else. */
  releaseWork(code: string): Promise<void>;
}

/** `pause` and `resume` are those of this process's BullMQ workers, as far as it has started them. */
export function createWorkHold(
  db: Database,
  workers: { pause(): Promise<unknown>; resume(): void },
): WorkHold {
  const heldFor = new Set<string>();
  return {
    isHeld: () => heldFor.size > 0,
    async holdWork(code, message) {
      heldFor.add(code);
      await workers.pause();
      await raiseOperatorMessage(db, code, message);
    },
    async releaseWork(code) {
      heldFor.delete(code);
      if (heldFor.size === 0) workers.resume();
      await clearOperatorMessage(db, code);
    },
  };
}
