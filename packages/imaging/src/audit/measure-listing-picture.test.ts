import { findProfile, judgePicture, type PictureMeasures, type Profile } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { cleanListing, faultyListing, type Planted } from '../testing/listing-pictures.ts';
import { readPhoto } from '../testing/read-photo.ts';
import { measureListingPicture } from './measure-listing-picture.ts';

const profileOf = (id: string): Profile => {
  const profile = findProfile(id);
  if (!profile) throw new Error(`there is no profile ${id}`);
  return profile;
};
const faultsOf = (measures: PictureMeasures, id: string) =>
  judgePicture(measures, profileOf(id), true).map(({ demand }) => demand);

/** What each kind of fault is to be called, and by whom. */
const CALLED: Record<Planted, [profile: string, demand: string]> = {
  tooSmall: ['amazon', 'longerSide'],
  small: ['google-merchant', 'shorterSide@2027-01-31'],
  wrongRatio: ['walmart', 'ratio'],
  notWhite: ['amazon', 'background'],
  text: ['amazon', 'text'],
  watermark: ['amazon', 'text'],
  frame: ['amazon', 'frame'],
  placeholder: ['amazon', 'placeholder'],
  wrongType: ['amazon', 'image'],
  tooManyBytes: ['amazon', 'bytes'],
  animated: ['amazon', 'still'],
  cmyk: ['amazon', 'colourSpace!'],
  productTooSmall: ['amazon', 'fill'],
};

describe('pictures of a shop, measured against a profile', () => {
  test.each(Object.entries(CALLED) as [Planted, [string, string]][])(
    'a fault that was planted is found: %s',
    async (planted, [profile, demand]) => {
      for (const number of [0, 7]) {
        const { measures } = await measureListingPicture(await faultyListing(number, planted));
        expect([number, faultsOf(measures, profile)]).toEqual([number, expect.arrayContaining([demand])]);
      }
    },
  );

  test('nothing is found in clean ones', async () => {
    for (const number of [0, 7, 11]) {
      const { measures, thumb } = await measureListingPicture(await cleanListing(number));
      const found = ['amazon', 'google-merchant', 'walmart', 'ebay'].map((id) => faultsOf(measures, id));
      expect([number, measures, found]).toEqual([number, measures, [[], [], [], []]]);
      expect(thumb?.length).toBeGreaterThan(500);
    }
  });

  test('photos as suppliers send them show no text, no frame and no placeholder', async () => {
    for (const name of [
      'black-trainer_1.jpg',
      'hard-drive_board.jpg',
      'skateboard_1.jpg',
      'press-camera_2.jpg',
    ]) {
      const { measures } = await measureListingPicture(readPhoto(name));
      expect([name, measures.text ?? false, measures.frame, measures.placeholder]).toEqual([
        name,
        false,
        false,
        false,
      ]);
    }
  });

  test('a box on white, whose sides are straight, has no frame and is no placeholder', async () => {
    const box = (background: string) =>
      sharp(
        Buffer.from(
          `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="1200" height="1200"><defs><linearGradient id="g" x2="1" y2="1"><stop offset="0" stop-color="#c8542e"/><stop offset="1" stop-color="#4a1a0c"/></linearGradient></defs><rect width="100" height="100" fill="${background}"/><rect x="7" y="5" width="86" height="90" rx="1" fill="url(#g)"/></svg>`,
        ),
      )
        .jpeg()
        .toBuffer();
    for (const background of ['#ffffff', '#d8d8d8']) {
      const { measures } = await measureListingPicture(await box(background));
      expect([background, measures]).toMatchObject([
        background,
        { frame: false, placeholder: false, text: false },
      ]);
    }
  });

  test('a file says why it is no picture', async () => {
    const cut = (await cleanListing(0)).subarray(0, 20_000);
    const found = await Promise.all(
      [Buffer.alloc(0), Buffer.from('{"error": 1}'), Buffer.from('%PDF-1.4'), cut].map(measureListingPicture),
    );
    expect(found.map(({ measures }) => measures.image)).toEqual([
      'empty',
      'JSON',
      'a PDF document',
      'damaged or cut off',
    ]);
  });

  test('what cannot be decoded is measured as far as its header says', async () => {
    const bitmap = Buffer.alloc(64);
    bitmap.write('BM', 0, 'latin1');
    bitmap.writeInt32LE(640, 18);
    bitmap.writeInt32LE(-480, 22);
    const { measures } = await measureListingPicture(bitmap);
    expect(measures).toEqual({ bytes: 64, format: 'bmp', width: 640, height: 480 });
    const vast = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#fff' } })
      .png({ palette: true, colours: 2 })
      .toBuffer();
    expect((await measureListingPicture(vast)).measures).toMatchObject({ width: 9000, format: 'png' });
    expect((await measureListingPicture(vast)).measures.image).toBeUndefined();
  });
});
