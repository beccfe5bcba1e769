import { z } from 'zod';
import { variable } from './variable.ts';

/** The project's quota, shared by the whole fleet. A limit that is not set does not exist. */
export interface QuotaConfig {
  callsPerMinute: number;
  callsPerDay?: number;
  spendPer10MinUsd?: number;
}

/** BullMQ's limiter counts whole milliseconds: one call each is the fastest pace it can hold. */
const MAX_CALLS_PER_MINUTE = 60_000;

export const QuotaSlice = z
  .object({
    AI_CALLS_PER_MINUTE: variable.integer(60, { min: 1, max: MAX_CALLS_PER_MINUTE }),
    AI_CALLS_PER_DAY: variable.optionalInteger({ min: 1 }),
    AI_SPEND_PER_10_MIN_USD: variable.optionalUsd(),
  })
  .transform(
    (env): QuotaConfig => ({
      callsPerMinute: env.AI_CALLS_PER_MINUTE,
      ...(env.AI_CALLS_PER_DAY !== undefined && { callsPerDay: env.AI_CALLS_PER_DAY }),
      ...(env.AI_SPEND_PER_10_MIN_USD !== undefined && { spendPer10MinUsd: env.AI_SPEND_PER_10_MIN_USD }),
    }),
  );
