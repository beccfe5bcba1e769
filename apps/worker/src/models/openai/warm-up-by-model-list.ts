import { ApiFault } from '../request/api-fault.ts';
import { type CallGuard, guardCall } from '../request/guard-call.ts';
import { sendRequest } from '../request/send-request.ts';

/** The list of models is a small answer; a server that takes longer is not there. */
const TIMEOUT_MS = 15_000;

/**
 * Asks for the list of models: opens the connection and learns whether the key is right, for nothing. Servers without
 * such a list are taken as they are. Rejects with `ModelError`.
 */
export async function warmUpByModelList(
  url: string,
  headers: Record<string, string>,
  guard: Pick<CallGuard, 'apiKey' | 'toModelError'>,
  signal: AbortSignal,
): Promise<void> {
  await guardCall({ signal, timeoutMs: TIMEOUT_MS, ...guard }, async (own) => {
    try {
      await sendRequest(url, { headers, signal: own });
    } catch (error) {
      const lacksRoute = error instanceof ApiFault && [404, 405, 501].includes(error.httpStatus ?? 0);
      if (!lacksRoute) throw error;
    }
  });
}
