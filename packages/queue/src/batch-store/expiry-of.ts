const DAY_MS = 86_400_000;

/** When a batch that ended at `finishedAt` (ISO) is forgotten, ISO; `null` when it is kept (`days` is 0) or runs. */
export function expiryOf(finishedAt: string | null, days: number): string | null {
  return finishedAt === null || days === 0
    ? null
    : new Date(Date.parse(finishedAt) + days * DAY_MS).toISOString();
}
