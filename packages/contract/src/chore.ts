import { z } from 'zod';
import { PAYLOAD_VERSION } from './job-data.ts';

/** Work of the fleet that calls no model: measuring the pictures of an audit, writing marks into those of a batch. */
export const ChoreKind = z.enum(['audit', 'remark']);
export type ChoreKind = z.infer<typeof ChoreKind>;

/** Data of a job on the `chore` queue: one part of a chore, items `from` to before `to`. */
export const ChoreJobData = z.object({
  v: z.literal(PAYLOAD_VERSION),
  kind: ChoreKind,
  /** Of the audit, or of the batch. */
  id: z.string(),
  part: z.int(),
  from: z.int(),
  to: z.int(),
  run: z.int(),
});
export type ChoreJobData = z.infer<typeof ChoreJobData>;
