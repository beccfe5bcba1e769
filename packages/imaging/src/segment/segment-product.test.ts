import { describe, expect, test } from '@jest/globals';
import { decodePicture } from '../decode/decode-picture.ts';
import { readPhoto } from '../testing/read-photo.ts';
import { segmentBackground } from './background/segment-background.ts';
import { KEEP_SHADOW, REMOVE_SHADOW } from './passes.ts';
import { type Segmentation, unsegmented } from './segmentation.ts';

const stateOf = ({ mask, colour, distance }: Segmentation) =>
  [mask, colour, distance].map((map) => Buffer.from(map).toString('base64'));

describe.each([
  ['keep the shadow', KEEP_SHADOW],
  ['remove it', REMOVE_SHADOW],
] as const)('the passes that %s', (_, passes) => {
  test.each(['counter-stool_2.jpg', 'running-shoe_1.jpg', 'skipping-rope_1.png'])(
    'write into nothing that they were given: %s',
    async (name) => {
      const background = segmentBackground(await decodePicture(readPhoto(name), 1024));
      if (!background) throw new Error('the photo has a background');
      let state = unsegmented(background);
      for (const pass of passes) {
        const before = stateOf(state);
        const after = pass(state);
        expect(stateOf(state)).toEqual(before);
        state = after;
      }
    },
  );
});
