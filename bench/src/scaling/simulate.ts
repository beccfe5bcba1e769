/** What a fleet is, and what it is given to do. */
export interface Fleet {
  workers: number;
  /** Calls on the wire at once, per worker (`AI_CONCURRENCY`). */
  aiConcurrency: number;
  callSeconds: number;
  /** Quota of the whole fleet. */
  callsPerMinute: number;
  /** Cores of all hosts together that nobody else uses. */
  cores: number;
  /** CPU of one picture before its call and after it, ms, all processes of the product together. */
  cpuMsBefore: number;
  cpuMsAfter: number;
  pictures: number;
}

export interface Outcome {
  /** From the start of the first call to the end of the last. */
  callsPerMinute: number;
  quotaUse: number;
  /** From the start to the last picture. */
  seconds: number;
  /** What held the fleet back: the share of the time between the first and last call that each was used to the full. */
  utilisation: { quota: number; calls: number; cores: number };
}

/** The schedule aims at this much of the quota (decision 2). */
const AIM = 0.985;

/**
 * Plays a batch, picture by picture: a core prepares the photo, a slot of the schedule and a free place among the calls are waited for, the
 * model answers, a core finishes. Each resource serves in the order of arrival, so the earliest moment of each is all that has to be
 * remembered; ties and the order of pictures make no difference to the rates. 10,000 pictures take some milliseconds.
 */
export function simulate(fleet: Fleet): Outcome {
  const { pictures, callSeconds } = fleet;
  const interval = 60 / (fleet.callsPerMinute * AIM);
  const cores = createServers(Math.max(1, Math.round(fleet.cores)));
  const places = createServers(fleet.workers * fleet.aiConcurrency);
  let slot = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let end = 0;
  // What is to be finished competes with what is to be prepared: whoever comes first.
  const answered = new Float64Array(pictures);
  let finished = 0;
  const finishUntil = (now: number, count: number) => {
    for (; finished < count && (answered[finished] ?? 0) <= now; finished += 1) {
      end = Math.max(end, cores.serve(answered[finished] ?? 0, fleet.cpuMsAfter / 1000));
    }
  };
  for (let n = 0; n < pictures; n += 1) {
    finishUntil(cores.free(), n);
    const prepared = cores.serve(0, fleet.cpuMsBefore / 1000);
    const start = Math.max(prepared, slot, places.free());
    slot = Math.max(slot + interval, start);
    places.serve(start, callSeconds);
    first = Math.min(first, start);
    last = Math.max(last, start);
    answered[n] = start + callSeconds;
  }
  finishUntil(Number.POSITIVE_INFINITY, pictures);
  const perMinute = (pictures * 60) / (last - first + callSeconds);
  return {
    callsPerMinute: perMinute,
    quotaUse: perMinute / fleet.callsPerMinute,
    seconds: end,
    utilisation: {
      quota: perMinute / (fleet.callsPerMinute * AIM),
      calls: (perMinute * callSeconds) / 60 / (fleet.workers * fleet.aiConcurrency),
      cores: (perMinute * (fleet.cpuMsBefore + fleet.cpuMsAfter)) / 60_000 / fleet.cores,
    },
  };
}

/** So many servers, each busy until a moment: a heap of those moments. */
function createServers(count: number) {
  const busyUntil = new Float64Array(count);
  const sink = () => {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= count) return;
      const right = left + 1;
      const least = right < count && (busyUntil[right] ?? 0) < (busyUntil[left] ?? 0) ? right : left;
      const [mine, other] = [busyUntil[at] ?? 0, busyUntil[least] ?? 0];
      if (mine <= other) return;
      busyUntil[at] = other;
      busyUntil[least] = mine;
      at = least;
    }
  };
  return {
    /** When the first of them is free. */
    free: () => busyUntil[0] ?? 0,
    /** Takes the first that is free, from `at` on at the earliest; returns when it is done. */
    serve(at: number, seconds: number): number {
      const done = Math.max(at, busyUntil[0] ?? 0) + seconds;
      busyUntil[0] = done;
      sink();
      return done;
    },
  };
}
