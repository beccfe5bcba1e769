import { say } from '@image-studio/contract';
import { ModelError } from '../image-model.ts';
import { ApiFault } from './api-fault.ts';
import { type Interruption, withDeadline } from './with-deadline.ts';

/** The parts of an `ApiFault` that become a `ModelError`; its words hold the key no more. */
export type Fault = Pick<
  ApiFault,
  'kind' | 'message' | 'httpStatus' | 'details' | 'fields' | 'retryAfterMs' | 'mayBeBought'
>;

export interface CallGuard {
  signal: AbortSignal;
  timeoutMs: number;
  /** Empty where the server asks for none. */
  apiKey: string;
  /** What a failed request means, in this provider's language. */
  toModelError(fault: Fault): ModelError;
}

/** Runs a call so that it can only reject with a `ModelError` that does not hold the key. */
export async function guardCall<T>(guard: CallGuard, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, timeoutMs, apiKey, toModelError } = guard;
  if (signal.aborted) throw interrupted('cancelled', timeoutMs);
  return withDeadline(signal, timeoutMs, async (own, interruption) => {
    try {
      return await call(own);
    } catch (error) {
      // An answer that was read to its end stands, and has a price, even if the signal fired meanwhile.
      if (error instanceof ModelError) throw error;
      const how = interruption();
      if (how !== undefined) throw interrupted(how, timeoutMs);
      if (error instanceof ApiFault) throw toModelError(withoutKey(error, apiKey));
      const { name } = error as Partial<Error>;
      const reason = name ?? 'no reason given';
      throw new ModelError('server', say`the call to the model failed: ${reason}`, { mayBeBought: true });
    }
  });
}

function interrupted(how: Interruption, timeoutMs: number): ModelError {
  return how === 'cancelled'
    ? new ModelError('cancelled', say`the call was cancelled`)
    : new ModelError('timeout', say`the model did not answer within ${timeoutMs} ms`, { mayBeBought: true });
}

/** Servers have been seen to repeat the key in their error. */
function withoutKey(fault: ApiFault, apiKey: string): Fault {
  const { kind, httpStatus, details, fields, retryAfterMs, mayBeBought } = fault;
  const message = apiKey === '' ? fault.message : fault.message.replaceAll(apiKey, '[key]');
  return { kind, message, httpStatus, details, fields, retryAfterMs, mayBeBought };
}
