/** Who may deliver now, of the messages that one process could send at once. */
export interface TenantLimiter {
  /** `false`: this tenant has its share; `jobId` is remembered until there is a place for it. */
  take(tenant: string, jobId: string): boolean;
  /** Gives a place back; answers the job that may have one now, of the tenant that has fewest. */
  give(tenant: string): string | null;
  /** Jobs of this tenant that wait. */
  waiting(tenant: string): number;
}

/**
 * A tenant may have as many of the `places` as it leaves free, as with the memory of request bodies: one alone half of
 * them, and however many of one tenant's receivers hang, another's messages leave at once.
 */
export function createTenantLimiter(places: number): TenantLimiter {
  const taken = new Map<string, number>();
  const parked = new Map<string, Set<string>>();
  let all = 0;
  const takenBy = (tenant: string) => taken.get(tenant) ?? 0;
  const fits = (tenant: string) => takenBy(tenant) + 1 <= places - all - 1;

  function unpark(tenant: string, jobId: string): void {
    const jobs = parked.get(tenant);
    jobs?.delete(jobId);
    if (jobs?.size === 0) parked.delete(tenant);
  }

  return {
    take(tenant, jobId) {
      if (!fits(tenant)) {
        parked.set(tenant, (parked.get(tenant) ?? new Set()).add(jobId));
        return false;
      }
      unpark(tenant, jobId);
      all += 1;
      taken.set(tenant, takenBy(tenant) + 1);
      return true;
    },
    give(tenant) {
      all -= 1;
      const left = takenBy(tenant) - 1;
      if (left > 0) taken.set(tenant, left);
      else taken.delete(tenant);
      const [next] = [...parked.keys()].filter(fits).sort((a, b) => takenBy(a) - takenBy(b));
      const jobId = next === undefined ? undefined : parked.get(next)?.values().next().value;
      if (next === undefined || jobId === undefined) return null;
      unpark(next, jobId);
      return jobId;
    },
    waiting: (tenant) => parked.get(tenant)?.size ?? 0,
  };
}
