/** What happens in a made-up batch of one picture a SKU, in seconds since its start, each list ascending. */
export interface PlayedBatch {
  skus: number;
  started: number[];
  answered: { at: number; ms: number }[];
  listed: number[];
  askedAgain: number[];
  /** Second pictures that are finished: their SKUs end. */
  listedAgain: number[];
  ended: number[];
  /** When no SKU waited for its job any more. */
  allBegun: number;
}

export interface Circumstances {
  skus: number;
  /** Calls a second that start at a given time, and share of all first and second calls, while any is ready. */
  pace(seconds: number, share: number): number;
  /** Share of the pictures that fail their checks and are asked for again, before the calls of later SKUs. */
  again: number;
  /** How many SKUs are ready for their first call at most; the others come as these end. */
  ready: number;
  /** Pictures a second that can be finished. */
  finishing: number;
  /** Calls start at even distances, as a quota lets them go, and not at random around their pace. */
  isEven: boolean;
  /** How far the pace goes up and down in spells of two minutes, as a share of it. */
  swing: number;
}

/** Latencies of calls: 10 s, one of ten longer than 20 s. */
const LATENCY = { medianSeconds: 10, spread: 0.54 };
const SPELL_SECONDS = 120;

/** Plays a batch through: calls start at random around the pace, their pictures are finished in the order in which they come. */
export function playBatch(random: () => number, circumstances: Circumstances): PlayedBatch {
  const { skus, pace, again, ready, finishing, isEven, swing } = circumstances;
  const calls = Math.round(skus * (1 + again));
  const batch: PlayedBatch = {
    skus,
    started: [],
    answered: [],
    listed: [],
    askedAgain: [],
    listedAgain: [],
    ended: [],
    allBegun: 0,
  };
  const inFlight: { back: number; ms: number; isSecond: boolean }[] = [];
  const queue: { isSecond: boolean }[] = [];
  let [enqueued, now, spell, spellEnds, freeAt] = [0, 3 + random() * 5, 1, 0, 0];
  const finish = ({ back, ms, isSecond }: (typeof inFlight)[number]) => {
    freeAt = Math.max(freeAt, back) + 1 / finishing;
    batch.answered.push({ at: back, ms });
    if (isSecond) batch.listedAgain.push(freeAt);
    else batch.listed.push(freeAt);
    if (!isSecond && random() < again) batch.askedAgain.push(freeAt);
    else batch.ended.push(freeAt);
  };
  let asked = 0;
  while (batch.ended.length < skus) {
    if (now >= spellEnds) [spell, spellEnds] = [1 + swing * (2 * random() - 1), now + SPELL_SECONDS];
    now += (isEven ? 1 : -Math.log(1 - random())) / (spell * pace(now, batch.started.length / calls));
    for (let first = inFlight[0]; first && first.back <= now; first = inFlight[0]) {
      inFlight.shift();
      finish(first);
    }
    const endedByNow = countUntil(batch.ended, now);
    for (; enqueued < Math.min(skus, endedByNow + ready); enqueued += 1) {
      queue.push({ isSecond: false });
      batch.allBegun = now;
    }
    for (; (batch.askedAgain[asked] ?? Number.POSITIVE_INFINITY) <= now; asked += 1)
      queue.unshift({ isSecond: true });
    const call = queue.shift();
    if (!call) continue;
    batch.started.push(now);
    const seconds = LATENCY.medianSeconds * Math.exp(LATENCY.spread * normal(random));
    const flight = { back: now + seconds, ms: seconds * 1000, isSecond: call.isSecond };
    const at = inFlight.findIndex(({ back }) => back > flight.back);
    inFlight.splice(at === -1 ? inFlight.length : at, 0, flight);
  }
  return batch;
}

/** How many of these ascending times lie before `now`, or at it. */
export function countUntil(times: readonly number[], now: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] as number) <= now) from = middle + 1;
    else to = middle;
  }
  return from;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
