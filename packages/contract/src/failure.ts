import { z } from 'zod';
import { Sentence } from './say.ts';

/** Every reason for which a SKU (or a call) can fail; part of the public contract. */
export const FailureCode = z.enum([
  'SOURCE_NOT_FOUND',
  'SOURCE_TOO_LARGE',
  'SOURCE_TOO_SMALL',
  'SOURCE_REJECTED',
  'SOURCE_NOT_AN_IMAGE',
  'SOURCE_UNSUPPORTED',
  'SOURCE_FORBIDDEN_ADDRESS',
  'SOURCE_UNREACHABLE',
  'SOURCE_TIMEOUT',
  'MODEL_REFUSED',
  'MODEL_NO_IMAGE',
  'MODEL_UNAVAILABLE',
  'MODEL_MISCONFIGURED',
  'BUDGET_EXHAUSTED',
  'ENCODE_CANNOT_FIT',
  'CHECK_FAILED',
  'STORE_UNAVAILABLE',
  'CANCELLED',
  'INTERNAL',
]);
export type FailureCode = z.infer<typeof FailureCode>;

/** The steps of one picture, in order; also the label of the stage metrics. */
export const Stage = z.enum(['download', 'prepare', 'generate', 'finish', 'upload']);
export type Stage = z.infer<typeof Stage>;

/** What an error is once it has crossed a process border: a value, safe to show to the client. */
export const Failure = z.object({
  code: FailureCode,
  message: z.string().max(1000),
  /** The message as words and values, for clients that show it in another language; absent where the words are a provider's or a library's. */
  sentence: Sentence.optional(),
  stage: Stage,
  retryable: z.boolean(),
});
export type Failure = z.infer<typeof Failure>;
