import { z } from 'zod';
import { variable } from './variable.ts';

/** A season: long enough to answer what was done for a listing. Measured, 10,000 SKUs take 40 MB for as long. */
const DAYS = 90;

/** Days after its end when a batch is forgotten; 0: never. */
export const RetentionSlice = z
  .object({
    BATCH_RETENTION_DAYS: variable.integer(DAYS, { min: 0, max: 36_500 }),
  })
  .transform((env) => env.BATCH_RETENTION_DAYS);
