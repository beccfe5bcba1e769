import { BATCH_PRICE_FACTOR } from '@image-studio/planning';
import { type BatchedResult, type ModelAnswer, ModelError } from '../image-model.ts';

/**
 * What one line of a batch's results brought: the answer that `read` makes of it, or what it says instead of one, both at the batch's
 * price. Rejects when it is interrupted.
 */
export async function batchedResult(key: string, read: () => Promise<ModelAnswer>): Promise<BatchedResult> {
  try {
    const answer = await read();
    return { key, answer: { ...answer, costUsd: answer.costUsd * BATCH_PRICE_FACTOR } };
  } catch (fault) {
    if (!(fault instanceof ModelError) || fault.kind === 'cancelled') throw fault;
    const { kind, message, sentence, costUsd } = fault;
    const said = sentence ? { message, sentence } : message;
    return { key, fault: new ModelError(kind, said, { costUsd: costUsd * BATCH_PRICE_FACTOR }) };
  }
}
