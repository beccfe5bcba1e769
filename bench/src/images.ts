import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import sharp from 'sharp';
import { benchPhotos } from './images/bench-photos.ts';
import { cpuParts } from './images/cpu-parts.ts';
import { intermediates } from './images/intermediate.ts';
import { type PlainLoad, plainLoad } from './images/plain-load.ts';
import { sizeFits } from './images/size-fit.ts';
import type { Verdict } from './images/verdict.ts';
import { type WorkerLoad, workerLoad } from './images/worker-load.ts';
import { startProvider } from './quota-provider.ts';

const PHOTOS = 4;
const LATENCY_MS = 4000;
/** Pictures after which a worker with two children has compiled nearly all of its code. */
const WARM_UP = 64;
/** CPU milliseconds of a 12 MP photo, with 16 and with 64 in flight, all checks included. */
const MOST_CPU_MS = { few: 400, many: 480 };
/** Against the plainest loop over the same photos in the same run: its CPU time, and its pictures per second. */
const MOST_TIMES_CPU = 1.3;
const LEAST_RATE = 0.75;
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
    const loads = {
      few: { warmUp: WARM_UP, count: 64, inFlight: 16 },
      many: { warmUp: WARM_UP, count: 128, inFlight: 64 },
    };
    const plain = await plainLoad(photos, provider, loads.few);
    const few = await workerLoad(photos, provider, loads.few);
    const many = await workerLoad(photos, provider, loads.many);
    const plainMany = await plainLoad(photos, provider, loads.many);
    console.log(
      `\nA worker process, download to upload, ${LATENCY_MS / 1000} s a call, and the plainest loop`,
    );
    console.table({
      '16 in flight': figures(few),
      '16 in flight, plain loop': plainFigures(plain),
      '64 in flight': figures(many),
      '64 in flight, plain loop': plainFigures(plainMany),
    });
    return [
      cpuVerdict('16', few, MOST_CPU_MS.few),
      cpuVerdict('64', many, MOST_CPU_MS.many),
      ...comparison('16', few, plain),
      ...comparison('64', many, plainMany),
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

function cpuVerdict(inFlight: string, { cpuMsPerImage }: WorkerLoad, most: number): Verdict {
  return {
    target: `at most ${most} CPU ms per 12 MP photo with ${inFlight} in flight`,
    measured: `${Math.round(cpuMsPerImage)} ms`,
    met: cpuMsPerImage <= most,
  };
}

function comparison(inFlight: string, worker: WorkerLoad, plain: PlainLoad): Verdict[] {
  const cpu = worker.cpuMsPerImage / plain.cpuMsPerImage;
  const rate = worker.images / worker.seconds / (plain.images / plain.seconds);
  return [
    {
      target: `at most ${MOST_TIMES_CPU} × the CPU of the plainest loop with ${inFlight} in flight`,
      measured: `${cpu.toFixed(2)} ×`,
      met: cpu <= MOST_TIMES_CPU,
    },
    {
      target: `at least ${LEAST_RATE} × its pictures per second with ${inFlight} in flight`,
      measured: `${rate.toFixed(2)} ×`,
      met: rate >= LEAST_RATE,
    },
  ];
}

function plainFigures({ images, cpuMsPerImage, seconds }: PlainLoad) {
  return {
    images,
    'CPU ms/image': Math.round(cpuMsPerImage),
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
