/** What a fleet is, and what it is given to do. */
export interface Fleet {
  workers: number;
  /** Calls on the wire at once, per worker (`AI_CONCURRENCY`). */
  aiConcurrency: number;
  /** How long the model works on the n-th call, counted from 0. */
  callSeconds: (n: number) => number;
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
  const answered = createHeap();
  let slot = 0;
  let first = Number.POSITIVE_INFINITY;
  let callEnd = 0;
  let end = 0;
  let onTheWire = 0;
  // What is to be finished competes with what is to be prepared: whoever comes first.
  const finishUntil = (now: number) => {
    for (let at = answered.least(); at !== undefined && at <= now; at = answered.least()) {
      answered.removeLeast();
      end = Math.max(end, cores.serve(at, fleet.cpuMsAfter / 1000));
    }
  };
  for (let n = 0; n < pictures; n += 1) {
    finishUntil(cores.free());
    const prepared = cores.serve(0, fleet.cpuMsBefore / 1000);
    const start = Math.max(prepared, slot, places.free());
    slot = Math.max(slot + interval, start);
    const seconds = callSeconds(n);
    places.serve(start, seconds);
    answered.add(start + seconds);
    first = Math.min(first, start);
    callEnd = Math.max(callEnd, start + seconds);
    onTheWire += seconds;
  }
  finishUntil(Number.POSITIVE_INFINITY);
  const span = callEnd - first;
  const perMinute = (pictures * 60) / span;
  return {
    callsPerMinute: perMinute,
    quotaUse: perMinute / fleet.callsPerMinute,
    seconds: end,
    utilisation: {
      quota: perMinute / (fleet.callsPerMinute * AIM),
      calls: onTheWire / span / (fleet.workers * fleet.aiConcurrency),
      cores: (perMinute * (fleet.cpuMsBefore + fleet.cpuMsAfter)) / 60_000 / fleet.cores,
    },
  };
}

/** So many servers, each busy until a moment. */
function createServers(count: number) {
  const busyUntil = createHeap(count);
  return {
    /** When the first of them is free. */
    free: () => busyUntil.least() ?? 0,
    /** Takes the first that is free, from `at` on at the earliest; returns when it is done. */
    serve(at: number, seconds: number): number {
      const done = Math.max(at, busyUntil.least() ?? 0) + seconds;
      busyUntil.replaceLeast(done);
      return done;
    },
  };
}

/** Numbers, of which the least is at hand; it begins with so many zeros. */
function createHeap(zeros = 0) {
  const heap: number[] = new Array(zeros).fill(0);
  const at = (place: number): number => heap[place] ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number) => {
    [heap[one], heap[other]] = [at(other), at(one)];
  };
  const sink = () => {
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const lesser = at(right) < at(left) ? right : left;
      if (at(place) <= at(lesser)) return;
      swap(place, lesser);
      place = lesser;
    }
  };
  return {
    least: (): number | undefined => heap[0],
    add(value: number) {
      let place = heap.push(value) - 1;
      for (let above = (place - 1) >> 1; place > 0 && at(place) < at(above); above = (place - 1) >> 1) {
        swap(place, above);
        place = above;
      }
    },
    replaceLeast(value: number) {
      heap[0] = value;
      sink();
    },
    removeLeast() {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      sink();
    },
  };
}

/**
 * Seconds of a provider's calls: lognormal with this median and a sigma of 0.45, as the stand-in's are, so their mean lies a tenth above
 * the median. The same each time.
 */
export function lognormalSeconds(median: number): (n: number) => number {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () =>
    median * Math.exp(0.45 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}
