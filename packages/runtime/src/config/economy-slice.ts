import { z } from 'zod';
import { variable } from './variable.ts';

const HOUR_MS = 3_600_000;

/** How long an hour lasts in the economy lane: its waits, and the least time to a deadline, are parts of it. */
export const EconomySlice = z
  .object({
    ECONOMY_HOUR_MS: variable.integer(HOUR_MS, { min: 100, max: HOUR_MS }),
  })
  .transform((env) => env.ECONOMY_HOUR_MS);
