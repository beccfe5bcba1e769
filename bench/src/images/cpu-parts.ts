import { BatchOptions } from '@image-studio/contract';
import { planOutput } from '@image-studio/imaging/bench';
import { childPictureWork, type PictureWork } from '@image-studio/imaging/pool';
import { cpuTime } from './cpu-time.ts';
import { AS_STARTED } from './worker-load.ts';

/** Rounds over all photos that go before any count: the first pictures take three times as long, until the code is compiled. */
const WARM_UP_ROUNDS = 12;
const ROUNDS = 5;
const LIMITS = { maxPixels: 50e6, minSide: 1, maxSide: 1536, maxBytes: 15e6, keepAlpha: false };
const never = new AbortController().signal;

/**
 * CPU milliseconds of the parts of one picture, each alone: what there is to gain, and where. Pixels are worked on as a worker does: in
 * a child process with the child's options of V8 and the worker's of the allocator, whose CPU time is what it tells itself.
 */
export async function cpuParts(photos: Buffer[], answer: Buffer): Promise<void> {
  const env = { PATH: process.env.PATH, ...AS_STARTED };
  const work = childPictureWork({ size: 1, env, log: { warn: console.warn } });
  try {
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await measureAll(work, photos, answer);
    const sums = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, ms] of await measureAll(work, photos, answer)) {
        sums.set(name, (sums.get(name) ?? 0) + ms);
      }
    }
    const count = ROUNDS * photos.length;
    console.log(`\nCPU ms of the parts, mean of ${count}`);
    console.table(
      Object.fromEntries([...sums].map(([name, ms]) => [name, { 'CPU ms': Math.round(ms / count) }])),
    );
  } finally {
    await work.close();
  }
}

/** What each part took, photo by photo. */
async function measureAll(work: PictureWork, photos: Buffer[], answer: Buffer): Promise<[string, number][]> {
  const measured: [string, number][] = [];
  const inChild = async <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const before = work.usage().cpuSeconds;
    const result = await task();
    measured.push([name, 1000 * (work.usage().cpuSeconds - before)]);
    return result;
  };
  const spec = {
    ...planOutput(BatchOptions.parse({ profile: 'web' })),
    role: 'main',
    aiGenerated: true,
  } as const;
  for (const data of photos) {
    const photo = { url: 'https://x.example/a.jpg', name: 'a.jpg', stem: 'a', data };
    const prepared = await inChild('prepare: 12 MP photo to what the model gets', () =>
      work.prepare(photo, LIMITS, never),
    );
    const large = await work.prepare(photo, { ...LIMITS, maxSide: 2048 }, never);
    const request = { inputs: [large], aspectRatio: '1:1', imageSize: '2K' as const };
    await inChild('local engine: packshot of 2048 px', () => work.render(request, never));
    const wire = await cpuTime(async () => {
      const body = JSON.stringify({ data: prepared.data.toString('base64') });
      return Buffer.from(JSON.parse(body).data, 'base64');
    });
    measured.push(['base64 and JSON, there and back', wire.ms]);
    await inChild('inspect: answer decoded small, once', () => work.inspect(answer, never));
    await inChild('finish: answer to 1600 px WebP, checked', () =>
      work.finish(answer, { ...spec, photos: [prepared.data] }, never),
    );
  }
  return measured;
}
