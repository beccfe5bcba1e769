import type { ByteBudget } from './byte-budget.ts';

/** The bytes of a body that have arrived, and the memory that they occupy until `release`. */
export interface ArrivedBody {
  received(): number;
  /** Holds the memory for `bytes` more; a promise when that has to wait for others. */
  grow(bytes: number, signal: AbortSignal): Promise<void> | undefined;
  add(chunk: Buffer): void;
  /** All that has arrived, at the end. */
  whole(): Buffer;
  release(): void;
}

/**
 * Into one buffer when the length is known, because joining pieces holds the photo twice for a moment. The system gives
 * it memory only as it fills, so a promise of 30 MB costs nothing.
 */
export function openBody(declared: number | undefined, memory: ByteBudget): ArrivedBody {
  const { grow, release } = memory.open();
  const chunks: Buffer[] = [];
  const buffer = declared === undefined ? undefined : Buffer.allocUnsafeSlow(declared);
  let received = 0;
  return {
    grow,
    release,
    received: () => received,
    add(chunk) {
      if (buffer === undefined) chunks.push(chunk);
      else chunk.copy(buffer, received);
      received += chunk.length;
    },
    whole: () => buffer?.subarray(0, received) ?? Buffer.concat(chunks),
  };
}
