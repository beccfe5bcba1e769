/** The first pictures of a process take three times as long, until its code is compiled. */
const LEAST_PICTURES = 20;

export interface CpuPerPicture {
  /** A picture is ready. */
  count(): void;
  /** Looks at the clock of the CPU; called every second or so, also without work. */
  look(isWorking: boolean): void;
  /** CPU milliseconds; `null` before there were some pictures. */
  milliseconds(): number | null;
}

/**
 * CPU time of the whole worker over the pictures that it made, of the last twenty pictures or so. Times without work are
 * left out. `cpuSeconds` tells what has been used so far.
 */
export function measureCpuPerPicture(cpuSeconds: () => number): CpuPerPicture {
  let known: number | null = null;
  let seen = cpuSeconds();
  let used = 0;
  let pictures = 0;
  return {
    count() {
      pictures += 1;
    },
    look(isWorking) {
      const now = cpuSeconds();
      if (isWorking) used += now - seen;
      seen = now;
      if (pictures < LEAST_PICTURES) return;
      known = (1000 * used) / pictures;
      used = 0;
      pictures = 0;
    },
    milliseconds: () => known,
  };
}
