/** Fewer pictures say little. */
const LEAST_PICTURES = 20;
/**
 * What preparing a photo of 12 megapixels takes of the CPU time of its picture: 90 ms in the process for pictures and as much of the rest, of
 * 400 in all (`npm run bench -- images`).
 */
const PREPARED = 0.3;

export interface CpuPerPicture {
  /** A photo is prepared. */
  countPrepared(): void;
  /** A picture is ready. */
  countFinished(): void;
  /** Looks at the clock of the CPU; called every second or so, also without work. */
  look(isWorking: boolean): void;
  /** CPU milliseconds; `null` before there were some pictures. */
  milliseconds(): number | null;
}

/**
 * CPU time of the whole worker over the pictures that it made, of the last twenty pictures or so. Times without work are
 * left out, and so are the first pictures of a process, which take three times as long until its code is compiled. A photo that is prepared is a part of a picture: in the economy lane, thousands are before the first picture is finished.
 * `cpuSeconds` tells what has been used so far.
 */
export function measureCpuPerPicture(cpuSeconds: () => number): CpuPerPicture {
  let known: number | null = null;
  let isWarm = false;
  let seen = cpuSeconds();
  let used = 0;
  let prepared = 0;
  let finished = 0;
  return {
    countPrepared() {
      prepared += 1;
    },
    countFinished() {
      finished += 1;
    },
    look(isWorking) {
      const now = cpuSeconds();
      if (isWorking) used += now - seen;
      seen = now;
      const pictures = PREPARED * prepared + (1 - PREPARED) * finished;
      if (pictures < LEAST_PICTURES) return;
      if (isWarm) known = (1000 * used) / pictures;
      isWarm = true;
      used = 0;
      prepared = 0;
      finished = 0;
    },
    milliseconds: () => known,
  };
}
