import { BatchOptions, type Check, type ImageKind } from '@image-studio/contract';
import { planOutput } from '@image-studio/planning';
import { createPictureMaker, type PictureStyle } from '@image-studio/testkit/gemini-stand-in-picture';
import { describe, expect, test } from '@jest/globals';
import { finishImage } from '../finish-image.ts';
import type { FinishSpec } from '../finish-spec.ts';
import { renderLocally } from '../local-engine/render-locally.ts';
import { preparePhoto } from '../prepare-photo.ts';
import { fingerprint } from '../testing/fingerprint.ts';
import { readPhoto } from '../testing/read-photo.ts';

/**
 * Everything that the pictures of the sample catalogue become, frozen: a change of code that is meant to change no
 * picture is held to that here, pixel by pixel. One that is meant to change pictures renews the records with
 * `npm test -- golden -u`, and the difference in the .snap file shows which. Recorded on x64.
 */
const PHOTOS = [
  'black-trainer_1.jpg',
  'cactus_1.jpg',
  'counter-stool_1.jpg',
  'counter-stool_seat.jpg',
  'hard-drive_1.jpg',
  'hard-drive_board.jpg',
  'instant-camera_1.jpg',
  'knit-sneaker_1.jpg',
  'knit-sneaker_heel.jpg',
  'press-camera_1.jpg',
  'running-shoe_1.jpg',
  'running-shoe_detail.jpg',
  'skateboard_1.jpg',
  'skipping-rope_1.png',
  'tennis-ball_1.jpg',
  'twin-lens-camera_1.jpg',
  'wireless-mouse_1.webp',
];
/** The same products once more, tilted. */
const TILTED = [
  'black-trainer_2.jpg',
  'cactus_2.jpg',
  'counter-stool_2.jpg',
  'instant-camera_2.jpg',
  'press-camera_2.jpg',
  'running-shoe_2.jpg',
  'skipping-rope_2.jpg',
  'twin-lens-camera_2.jpg',
  'wireless-mouse_2.jpg',
];
/** Named, so that a further profile changes none of the records. */
const MARKETPLACES =
  'web amazon shopify google-merchant ebay etsy walmart tiktok-shop temu allegro taobao'.split(' ');
const SECONDARY: ImageKind[] = ['lifestyle', 'detail', 'infographic', 'scale', 'packaging'];

const LIMITS = { maxPixels: 50e6, minSide: 1, maxSide: 2048, maxBytes: 15e6, keepAlpha: true };
const { signal } = new AbortController();

describe.each(PHOTOS.map((name, n) => [name, n] as const))('of %s', (name, n) => {
  const profile = MARKETPLACES[n % MARKETPLACES.length] ?? 'web';
  const secondary = SECONDARY[n % SECONDARY.length] ?? 'detail';

  test(`the local engine's main picture for ${profile}, and a ${secondary} picture, are as they were`, async () => {
    const input = await prepared(name);
    const main = await rendered(input, 'main');
    const other = await rendered(input, secondary);
    const listed = await finishImage(main.image, specFor(profile, input.data), signal);
    const second = await finishImage(other.image, secondarySpec(secondary, input.data), signal);
    expect({
      prepared: await fingerprint(input.data),
      main: await fingerprint(main.image),
      note: main.note,
      secondary: await fingerprint(other.image),
      listed: await fingerprint(listed.data),
      thumb: listed.thumb && (await fingerprint(listed.thumb)),
      checks: listed.checks.map(lineOf),
      listedSecondary: await fingerprint(second.data),
      secondaryChecks: second.checks.map(lineOf),
    }).toMatchSnapshot();
  });
});

describe('an answer that is a photo', () => {
  test.each([...PHOTOS, ...TILTED])('%s is listed and judged as it was', async (name) => {
    const input = await prepared(name);
    const spec = { ...specFor('web', input.data), width: 640, height: 640, aiGenerated: true };
    const { data, checks } = await finishImage(input.data, spec, signal);
    expect({ listed: await fingerprint(data), checks: checks.map(lineOf) }).toMatchSnapshot();
  });
});

const GOOD: PictureStyle = {
  background: '#f7f7f5',
  fillRatio: 0.6,
  echo: 'no',
  blank: false,
  place: 'third',
  recolour: false,
  blur: 0,
  side: 640,
};

/** Answers of a stand-in for a model: good ones, and one for each fault that it can draw. */
const ANSWERS: Record<string, Partial<PictureStyle> & { ratio?: string }> = {
  good: {},
  'on pure white': { background: '#ffffff' },
  'on grey': { background: '#dcdcdc' },
  'off centre': { place: 'corner' },
  small: { fillRatio: 0.3 },
  'of another ratio': { ratio: '16:9' },
  tall: { ratio: '3:4' },
  blank: { blank: true },
  recoloured: { recolour: true },
  'cut off': { place: 'cut' },
  tiny: { side: 64 },
  blurred: { blur: 0.03 },
  'the photo itself': { echo: 'exact' },
  'the photo saved again': { echo: 'shifted' },
};

describe('an answer', () => {
  const draw = createPictureMaker();

  test.each(Object.entries(ANSWERS))('that is %s is listed and judged as it was', async (_, style) => {
    const { ratio = '1:1', ...drawn } = style;
    const lines: Record<string, unknown> = {};
    for (const name of ['running-shoe_1.jpg', 'instant-camera_1.jpg']) {
      const input = await prepared(name);
      const answer = await draw(input.data.toString('base64'), ratio, '1K', { ...GOOD, ...drawn });
      const spec: FinishSpec = {
        ...specFor('amazon', input.data),
        width: 800,
        height: 800,
        aiGenerated: true,
        asked: { aspectRatio: '1:1' },
      };
      const { data, checks } = await finishImage(Buffer.from(answer, 'base64'), spec, signal);
      lines[name] = { listed: await fingerprint(data), checks: checks.map(lineOf) };
    }
    expect(lines).toMatchSnapshot();
  });
});

function prepared(name: string) {
  return preparePhoto({ url: '', name, stem: name, data: readPhoto(name) }, LIMITS, signal);
}

function rendered({ mime, data }: { mime: string; data: Buffer }, kind: ImageKind) {
  return renderLocally({ aspectRatio: '1:1', imageSize: '1K', kind, inputs: [{ mime, data }] }, signal);
}

function specFor(profile: string, photo: Buffer): FinishSpec {
  return {
    ...planOutput(BatchOptions.parse({ profile })),
    role: 'main',
    aiGenerated: false,
    photos: [photo],
  };
}

function secondarySpec(kind: ImageKind, photo: Buffer): FinishSpec {
  return { ...specFor('web', photo), width: 640, height: 640, role: 'secondary', kind };
}

function lineOf({ rule, measured, required, pass, fix }: Check): string {
  return `${pass ? 'pass' : 'FAIL'} ${rule}: ${measured} (${required})${fix === undefined ? '' : `; ${fix}`}`;
}
