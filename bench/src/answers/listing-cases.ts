import type * as steps from '@image-studio/imaging/bench';
import { cleanListing, faultyListing } from '@image-studio/imaging/testing';
import type { Case } from './case.ts';
import { knownCuts } from './known-cuts.ts';

/** Pictures of each kind. */
const VARIANTS = 24;

/** Pictures of a shop, clean and with faults that are drawn into them; photos as suppliers send them are clean, too. */
export async function* listingCases(imaging: typeof steps): AsyncGenerator<Case> {
  for (let n = 0; n < VARIANTS; n++) {
    yield await listed(imaging, 'clean in a shop', await cleanListing(n), true);
    for (const fault of ['text', 'watermark', 'frame', 'placeholder'] as const)
      yield await listed(imaging, `${fault} in a shop`, await faultyListing(n, fault), false);
  }
  for await (const { photo } of knownCuts()) yield await listed(imaging, 'a photo in a shop', photo, true);
}

async function listed(
  { decodePicture, measurePixels }: typeof steps,
  kind: string,
  data: Buffer,
  isRight: boolean,
): Promise<Case> {
  const picture = await decodePicture(data, 1000);
  const calls: Case['calls'] = async (names) => {
    const { text, frame, placeholder } = measurePixels(picture);
    const found = Object.entries({ text, frame, placeholder }).filter(([, isThere]) => isThere);
    return found.map(([name]) => name).filter((name) => names?.includes(name) !== false);
  };
  return { kind, isRight, calls };
}
