import { z } from 'zod';
import { chosenEngine } from './model-slice.ts';
import type { Environment } from './read-environment.ts';
import { variable } from './variable.ts';

/** The project's quota, shared by the whole fleet. A limit that is not set does not exist. */
export interface QuotaConfig {
  callsPerMinute: number;
  callsPerDay?: number;
  spendPer10MinUsd?: number;
  /** How the configuration calls that limit, when it is not `AI_SPEND_PER_10_MIN_USD`. */
  spendLimitName?: string;
}

/** The fence in front of the schedule lets one call start every 10 ms. */
export const MAX_CALLS_PER_MINUTE = 6000;

/** A careful default for a provider whose real quota nobody told us. */
const GEMINI_CALLS_PER_MINUTE = 60;
/** The local engine has no provider to protect: its speed is that of the cores. */
const LOCAL_CALLS_PER_MINUTE = 6000;

export function quotaSlice(env: Environment): z.ZodType<QuotaConfig> {
  const fallback = chosenEngine(env) === 'local' ? LOCAL_CALLS_PER_MINUTE : GEMINI_CALLS_PER_MINUTE;
  return z
    .object({
      AI_CALLS_PER_MINUTE: variable.integer(fallback, { min: 1, max: MAX_CALLS_PER_MINUTE }),
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
}
