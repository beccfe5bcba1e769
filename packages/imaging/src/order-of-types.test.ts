import { describe, expect, test } from '@jest/globals';
import { cutOut } from './compose/cut-out.ts';
import { encodeFinished } from './encode/encode-picture.ts';
import type { FinishSpec } from './finish-spec.ts';
import type { Raster } from './raster/raster.ts';
import type { Background } from './segment/background/background.ts';
import { segmentBackground } from './segment/background/segment-background.ts';
import { DOUBTS, firstDoubt } from './segment/doubt/doubts.ts';
import { segmentProduct } from './segment/passes.ts';
import { findProduct } from './segment/product/find-product.ts';

const PLACE = { area: { left: 0, top: 0, width: 1, height: 1 }, keepShadow: false };

/** Never called: `npm run check` fails when one of these lines compiles. */
export const WRONG = {
  // @ts-expect-error a photo has no background yet
  productOfPhoto: (photo: Raster) => segmentProduct(photo, { shadow: 'keep' }),
  // @ts-expect-error no pass has looked at the background
  boxOfBackground: (background: Background) => findProduct(background),
  // @ts-expect-error no pass has looked at the background
  doubtOfBackground: (background: Background) => firstDoubt(background, DOUBTS),
  cutOfBackground: (photo: Raster, background: Background) =>
    // @ts-expect-error no pass has looked at the background
    cutOut(photo, { picture: photo, segmentation: background }, PLACE),
  encodedPhoto: (photo: Raster, spec: FinishSpec, signal: AbortSignal) =>
    // @ts-expect-error a photo is no composition
    encodeFinished(photo, spec, signal),
};

describe('the right order', () => {
  test('finds a product on its background', () => {
    const data = new Uint8Array(100 * 100 * 3).fill(240);
    for (let y = 30; y < 70; y++) data.fill(20, (y * 100 + 30) * 3, (y * 100 + 70) * 3);
    const background = segmentBackground({ data, width: 100, height: 100, channels: 3 });
    if (!background) throw new Error('it has a background');
    const product = findProduct(segmentProduct(background, { shadow: 'remove' }));
    expect(product).toMatchObject({ box: { left: 30, top: 30, width: 40, height: 40 }, touches: [] });
  });
});
