/** CPU milliseconds of this process, all its threads included, that `work` took, and what it gave. */
export async function cpuTime<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}
