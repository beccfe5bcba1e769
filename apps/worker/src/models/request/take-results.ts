import type { BatchedResult } from '../image-model.ts';
import { sendForLines } from './send-request.ts';

/**
 * Reads the results of a batch line by line, and hands them on; goes on when `take` has. `readLine`: `null` for a line that nobody asked for.
 * `guarded` makes a `ModelError` of what the request meets; what `take` rejects with is passed on as it is: what it says of the store or of
 * Redis is not the model's fault.
 */
export async function takeResults(
  { url, headers }: { url: string; headers: Record<string, string> },
  readLine: (line: Buffer, signal: AbortSignal) => Promise<BatchedResult | null>,
  take: (result: BatchedResult) => Promise<void>,
  guarded: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>,
): Promise<void> {
  let own: { error: unknown } | undefined;
  try {
    await guarded((signal) =>
      sendForLines(url, { headers, signal }, async (line) => {
        const result = await readLine(line, signal);
        if (result === null) return;
        await take(result).catch((error: unknown) => {
          own = { error };
          throw error;
        });
      }),
    );
  } catch (error) {
    throw own === undefined ? error : own.error;
  }
}
