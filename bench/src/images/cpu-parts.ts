import { BatchOptions } from '@image-studio/contract';
import { finishImage, planOutput, preparePhoto, renderLocally } from '@image-studio/imaging/bench';
import { cpuTime } from './cpu-time.ts';

/** Pictures that are finished before any counts: the first take three times as long, until the code is compiled. */
const WARM_UP = 40;
const LIMITS = { maxPixels: 50e6, minSide: 1, maxSide: 1536, maxBytes: 15e6, keepAlpha: false };

/** CPU milliseconds of the parts of one picture, alone in this process: what there is to gain, and where. */
export async function cpuParts(photos: Buffer[], answer: Buffer): Promise<void> {
  const { signal } = new AbortController();
  const sums: Record<string, number> = {};
  const add = (name: string, ms: number) => {
    sums[name] = (sums[name] ?? 0) + ms / photos.length;
  };
  const spec = {
    ...planOutput(BatchOptions.parse({ profile: 'web' })),
    role: 'main',
    aiGenerated: true,
  } as const;
  const warm = {
    inputs: [{ mime: 'image/jpeg', data: answer }],
    aspectRatio: '1:1',
    imageSize: '2K' as const,
  };
  for (let n = 0; n < WARM_UP; n += 1) {
    await finishImage(answer, spec, signal);
    await renderLocally(warm, signal);
  }
  for (const data of photos) {
    const photo = { url: 'https://x.example/a.jpg', name: 'a.jpg', stem: 'a', data, sha256: '' };
    const prepared = await cpuTime(() => preparePhoto(photo, LIMITS, signal));
    add('prepare: 12 MP photo to what the model gets', prepared.ms);
    const large = await preparePhoto(photo, { ...LIMITS, maxSide: 2048 }, signal);
    const request = { inputs: [large], aspectRatio: '1:1', imageSize: '2K' as const };
    const rendered = await cpuTime(() => renderLocally(request, signal));
    add('local engine: packshot of 2048 px', rendered.ms);
    const wire = await cpuTime(async () => {
      const body = JSON.stringify({ data: prepared.result.data.toString('base64') });
      return Buffer.from(JSON.parse(body).data, 'base64');
    });
    add('base64 and JSON, there and back', wire.ms);
    const compared = { ...spec, photos: [prepared.result.data] };
    const finished = await cpuTime(() => finishImage(answer, compared, signal));
    add('finish: answer to 1600 px WebP, checked', finished.ms);
  }
  console.log(`\nCPU ms of the parts, mean of ${photos.length}`);
  console.table(
    Object.fromEntries(Object.entries(sums).map(([name, ms]) => [name, { 'CPU ms': Math.round(ms) }])),
  );
}
