import { type Said, StageError, saidBy, say } from '@image-studio/contract';
import type { RouteContext } from '../routes/context.ts';

/**
 * Why a webhook may not go to this address, or `null`: what the address itself gives away, as a worker would say it a
 * day too late. Names are looked up at delivery.
 */
export function webhookFault(url: string, outgoing: RouteContext['outgoing']): Said | null {
  try {
    outgoing.check(new URL(url));
    return null;
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    return say`cannot be used: ${saidBy(error)}`;
  }
}
