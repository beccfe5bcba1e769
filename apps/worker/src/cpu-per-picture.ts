/** Fewer pictures say little. */
const LEAST_PICTURES = 20;
/**
 * Share of a picture's CPU time that is spent when its photo has been prepared: 90 ms in the process for pictures and half of the 50 beside
 * it, of 400 (`npm run bench -- images`).
 */
const PREPARED = 0.3;

export interface CpuPerPicture {
  /** A photo of a SKU is prepared. */
  countPrepared(sku: string): void;
  /** A picture is ready. */
  countFinished(): void;
  /** Looks at the clock of the CPU; called every second or so, also without work. */
  look(isWorking: boolean): void;
  /** CPU milliseconds; `null` before there were some pictures. */
  milliseconds(): number | null;
}

/**
 * CPU time of the whole worker over the pictures that it made, of the last twenty pictures or so. Times without work are
 * left out, and so are the first pictures of a process, which take three times as long until its code is compiled. A SKU that is prepared
 * is a part of a picture: in the economy lane, thousands are before the first picture is finished.
 * `cpuSeconds` tells what has been used so far.
 */
export function measureCpuPerPicture(cpuSeconds: () => number): CpuPerPicture {
  let known: number | null = null;
  let isWarm = false;
  let seen = cpuSeconds();
  let used = 0;
  let finished = 0;
  const prepared = new Set<string>();
  return {
    countPrepared(sku) {
      prepared.add(sku);
    },
    countFinished() {
      finished += 1;
    },
    look(isWorking) {
      const now = cpuSeconds();
      if (isWorking) used += now - seen;
      seen = now;
      // A SKU may have many pictures, and a picture may be made again from photos that were prepared long ago.
      const pictures = Math.max(finished, PREPARED * prepared.size + (1 - PREPARED) * finished);
      if (pictures < LEAST_PICTURES) return;
      if (isWarm) known = (1000 * used) / pictures;
      isWarm = true;
      used = 0;
      prepared.clear();
      finished = 0;
    },
    milliseconds: () => known,
  };
}
