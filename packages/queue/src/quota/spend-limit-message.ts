import { clearOperatorMessage, raiseOperatorMessage } from '../fleet/operator-messages.ts';
import { SPEND_LIMIT_MESSAGE } from '../fleet/stopping-messages.ts';
import type { Database } from '../redis/database.ts';

/** Tells the operator that the limit of a pool is less than one call costs, so that none is ever made. */
export interface SpendLimitMessage {
  isTooSmall(estimateUsd: number): Promise<void>;
  /** A call has passed the limit: takes back what this process, or one before it, has said. */
  isEnough(): void;
}

export function createSpendLimitMessage(
  deps: Database & {
    spendPer10MinUsd: number | undefined;
    /** Name of the limit in the configuration. */
    limitName: string;
    background(work: () => Promise<void>): void;
  },
): SpendLimitMessage {
  const { spendPer10MinUsd, limitName, background } = deps;
  let isClear = false;
  return {
    async isTooSmall(estimateUsd) {
      isClear = false;
      const message =
        `${limitName} is ${spendPer10MinUsd} US dollars, but one call costs about ` +
        `${estimateUsd.toFixed(3)}: no call can be made. Raise the limit and restart the workers.`;
      await raiseOperatorMessage(deps, SPEND_LIMIT_MESSAGE, message);
    },
    isEnough() {
      if (isClear) return;
      isClear = true;
      background(() => clearOperatorMessage(deps, SPEND_LIMIT_MESSAGE));
    },
  };
}
