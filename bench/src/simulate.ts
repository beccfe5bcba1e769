import type { Figures } from './draw-bars.ts';
import { lognormalSeconds, simulate } from './scaling/simulate.ts';
import { tell } from './tell.ts';

/** Pictures a day that are played. */
const VOLUMES = [5000, 100_000, 10_000_000];
/** What the provider's own model takes (median, and a tenth more in the mean); CPU of a photo of 12 MP, before and behind its call; docs/scaling.md has the sources. */
const CALL_SECONDS = 16;
const MEAN_SECONDS = CALL_SECONDS * Math.exp(0.45 ** 2 / 2);
const CPU_MS = { before: 200, after: 400 };
/** Of one worker. */
const HOST = { cores: 2, aiConcurrency: 32, mostUtilisation: 0.8 };
/** CPU of Redis a picture, ms; it has one thread. */
const REDIS_MS = 18;
/** A million says as much as ten. */
const MOST_PLAYED = 1_000_000;
/** Most calls a minute of an installation. */
const MOST_CALLS = 6000;

/**
 * Plays fleets of the size that each volume needs, spread evenly over a day, and says how much of everything they use. Arguments: pictures
 * a day (5000, 100000 and 10000000).
 */
export async function benchSimulate(args: string[]): Promise<void> {
  const rows: Figures = {};
  for (const volume of args.length > 0 ? args.map(Number) : VOLUMES) {
    const perMinute = volume / 1440;
    // The schedule aims at 0.985; a twentieth of the calls has to be made again.
    const callsPerMinute = Math.ceil((perMinute * 1.05) / 0.985);
    const perSecond = perMinute / 60;
    const forCores =
      (perSecond * (CPU_MS.before + CPU_MS.after)) / 1000 / (HOST.cores * HOST.mostUtilisation);
    const forCalls = (perSecond * 1.05 * MEAN_SECONDS) / HOST.aiConcurrency;
    const workers = Math.max(1, Math.ceil(forCores), Math.ceil(forCalls));
    const { utilisation, callsPerMinute: reached } = simulate({
      workers,
      aiConcurrency: HOST.aiConcurrency,
      callSeconds: lognormalSeconds(CALL_SECONDS),
      callsPerMinute,
      cores: workers * HOST.cores,
      cpuMsBefore: CPU_MS.before,
      cpuMsAfter: CPU_MS.after,
      pictures: Math.min(volume, MOST_PLAYED),
    });
    const percent = (share: number) => `${Math.round(share * 100)} %`;
    rows[volume.toLocaleString('en')] = {
      'quota, calls/min': callsPerMinute,
      'of the most': percent(callsPerMinute / MOST_CALLS),
      workers,
      'calls/min': Math.round(reached),
      'places for calls': percent(utilisation.calls),
      cores: percent(utilisation.cores),
      'Redis, of a core': percent((perSecond * REDIS_MS) / 1000),
    };
  }
  await tell('simulate', rows);
}
