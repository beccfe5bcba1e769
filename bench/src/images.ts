import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import sharp from 'sharp';
import { benchPhotos } from './images/bench-photos.ts';
import { cpuParts } from './images/cpu-parts.ts';
import { intermediates } from './images/intermediate.ts';
import { sizeFits } from './images/size-fit.ts';
import type { Verdict } from './images/verdict.ts';
import { type WorkerLoad, workerLoad } from './images/worker-load.ts';
import { startProvider } from './quota-provider.ts';

const PHOTOS = 4;
const LATENCY_MS = 4000;
/** Pictures after which a worker with two children has compiled nearly all of its code. */
const WARM_UP = 64;
const MOST_CPU_MS = 350;
const MOST_RSS_MB = 900;

/**
 * What pictures cost: bytes and CPU of the photo on its way to the model, the size fit against the original plan's, CPU
 * of the whole loop and of its parts, and the memory of a worker process with 16 and 64 SKUs in flight. One run, the
 * same seeded photos, no figure from anywhere else. `-- images quick` leaves the worker out.
 */
export async function benchImages(args: string[]): Promise<void> {
  sharp.concurrency(1);
  sharp.cache(false);
  const photos = await benchPhotos(PHOTOS);
  const verdicts = [...(await intermediates(photos)), ...(await sizeFits(photos))];
  await cpuParts(photos, await modelAnswer());
  if (!args.includes('quick')) verdicts.push(...(await workerVerdicts(photos)));
  console.log('\nTargets');
  console.table(
    verdicts.map(({ target, measured, met }) => ({ target, measured, verdict: met ? 'met' : 'NOT MET' })),
  );
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
}

async function workerVerdicts(photos: Buffer[]): Promise<Verdict[]> {
  const provider = await startProvider({
    callsPerWindow: 6000,
    windowMs: 60_000,
    latencyMs: LATENCY_MS,
    side: 1600,
  });
  try {
    const few = await workerLoad(photos, provider, { warmUp: WARM_UP, count: 32, inFlight: 16 });
    const many = await workerLoad(photos, provider, { warmUp: WARM_UP, count: 128, inFlight: 64 });
    console.log(`\nA worker process, download to upload, ${LATENCY_MS / 1000} s a call`);
    console.table({ '16 in flight': figures(few), '64 in flight': figures(many) });
    const cpu =
      (few.cpuMsPerImage * few.images + many.cpuMsPerImage * many.images) / (few.images + many.images);
    return [
      {
        target: 'whole loop at most 350 CPU ms per 12 MP photo',
        measured: `${Math.round(cpu)} ms`,
        met: cpu <= MOST_CPU_MS,
      },
      {
        target: 'peak RSS of a worker and its children with 64 SKUs in flight at most 900 MB',
        measured: `${Math.round(many.peakRssMb)} MB`,
        met: many.peakRssMb <= MOST_RSS_MB,
      },
    ];
  } finally {
    await provider.close();
  }
}

function figures({ images, cpuMsPerImage, peakRssMb, mostInFlight, seconds }: WorkerLoad) {
  return {
    images,
    'CPU ms/image': Math.round(cpuMsPerImage),
    'peak RSS MB': Math.round(peakRssMb),
    'jobs at once': mostInFlight,
    'images/s': (images / seconds).toFixed(2),
  };
}

/** A packshot as models answer it: off-white, not centred, some noise. */
async function modelAnswer(): Promise<Buffer> {
  return productPhoto({
    seed: 99,
    colour: distinctColour(3),
    background: 'white',
    width: 1600,
    height: 1600,
  });
}
