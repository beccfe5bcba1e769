/** Shares one outcome among everybody who asks within `intervalMs` of the first. */
export function atMostEvery<T>(intervalMs: number, work: () => Promise<T>): () => Promise<T> {
  let startedAt = Number.NEGATIVE_INFINITY;
  let outcome: Promise<T> | undefined;
  return () => {
    if (outcome === undefined || performance.now() - startedAt >= intervalMs) {
      startedAt = performance.now();
      outcome = work();
    }
    return outcome;
  };
}
