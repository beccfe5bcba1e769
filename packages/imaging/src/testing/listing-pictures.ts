import sharp, { type Sharp } from 'sharp';
import { finishImage } from '../finish-image.ts';
import { renderLocally } from '../local-engine/render-locally.ts';
import { readPhoto } from './read-photo.ts';

/** Photos of the sample catalogue whose product the local engine cuts out well. */
const PHOTOS = [
  'cactus_1.jpg',
  'counter-stool_1.jpg',
  'hard-drive_1.jpg',
  'instant-camera_1.jpg',
  'knit-sneaker_1.jpg',
  'press-camera_1.jpg',
  'running-shoe_1.jpg',
  'skipping-rope_1.png',
  'tennis-ball_1.jpg',
  'twin-lens-camera_1.jpg',
  'wireless-mouse_1.webp',
];

/** Kinds of fault that are planted into pictures; what a picture that has one is served as, where it is none. */
export const PLANTED = [
  'tooSmall',
  'small',
  'wrongRatio',
  'notWhite',
  'text',
  'watermark',
  'frame',
  'placeholder',
  'wrongType',
  'tooManyBytes',
  'animated',
  'cmyk',
  'productTooSmall',
] as const;
export type Planted = (typeof PLANTED)[number];

const bases = new Map<number, Promise<Buffer>>();

/** For tests: a picture that every marketplace takes, another one for each number: a product on pure white, 1500 to 1900 px. */
export async function cleanListing(number: number): Promise<Buffer> {
  const side = 1500 + (number % 5) * 100;
  const picture = sharp(await baseOf(number)).resize(side, side);
  const turned = Math.floor(number / PHOTOS.length) % 2 === 1 ? picture.flop() : picture;
  return turned.jpeg({ quality: 84 + (number % 13) }).toBuffer();
}

/** A clean listing picture with a fault planted in it. */
export async function faultyListing(number: number, planted: Planted): Promise<Buffer> {
  const clean = await cleanListing(number);
  const { width } = await sharp(clean).metadata();
  const jpeg = (picture: Sharp) => picture.jpeg({ quality: 88 }).toBuffer();
  const drawn = (svg: string) =>
    jpeg(
      sharp(clean).composite([
        {
          input: Buffer.from(
            `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${width}" viewBox="0 0 1000 1000" font-family="sans-serif">${svg}</svg>`,
          ),
        },
      ]),
    );
  switch (planted) {
    case 'tooSmall':
      return jpeg(sharp(clean).resize(90 - (number % 20)));
    case 'small':
      return jpeg(sharp(clean).resize(320 + (number % 100)));
    case 'wrongRatio':
      return jpeg(sharp(clean).extend({ left: 400, right: 400, background: '#fff' }));
    case 'notWhite':
      return jpeg(sharp(clean).linear([0.94, 0.9, 0.86], [-(number % 40), -(number % 40), -(number % 40)]));
    case 'text':
      return drawn(
        `<text x="40" y="${number % 2 ? 70 : 975}" font-size="52" fill="${number % 3 ? '#c00' : '#333'}" font-weight="bold">SUMMER SALE now 20 % off</text>`,
      );
    case 'watermark':
      return drawn(
        [100, 420, 740, 1060]
          .map(
            (y) =>
              `<text x="-40" y="${y}" transform="rotate(-30 0 ${y})" font-size="46" fill="#000" opacity="0.22">photos by example studio · do not copy · photos by example</text>`,
          )
          .join(''),
      );
    case 'frame':
      return drawn(
        `<rect x="${6 + (number % 3) * 4}" y="${6 + (number % 3) * 4}" width="${988 - (number % 3) * 8}" height="${988 - (number % 3) * 8}" fill="none" stroke="${number % 2 ? '#000' : '#1d6b3a'}" stroke-width="${12 + (number % 3) * 8}"/>`,
      );
    case 'placeholder':
      return placeholder(number);
    case 'wrongType':
      return Buffer.from('<!doctype html><html><body>Please log in</body></html>');
    case 'tooManyBytes':
      // Readers stop at the end marker.
      return Buffer.concat([clean, Buffer.alloc(10_600_000 + number)]);
    case 'animated': {
      const first = await sharp(clean).resize(1000).png().toBuffer();
      const second = await sharp(first).flop().png().toBuffer();
      return sharp([first, second], { join: { animated: true } })
        .gif({ delay: [100, 100], effort: 1 })
        .toBuffer();
    }
    case 'cmyk':
      return sharp(clean).toColourspace('cmyk').jpeg({ quality: 90 }).toBuffer();
    case 'productTooSmall': {
      const inner = await sharp(clean)
        .resize(Math.round(width * (0.3 + (number % 4) * 0.07)))
        .toBuffer();
      return jpeg(
        sharp({ create: { width, height: width, channels: 3, background: '#fff' } }).composite([
          { input: inner },
        ]),
      );
    }
  }
}

/** As shops and themes show it where there is no picture: with words, with a drawing, or empty. */
function placeholder(number: number): Promise<Buffer> {
  const [background, ink] = [
    ['#f2f2f2', '#9a9a9a'],
    ['#ffffff', '#c8c8c8'],
    ['#dddddd', '#ffffff'],
    ['#ffffff', '#ffffff'],
  ][number % 4] as [string, string];
  const icon = `<rect x="300" y="250" width="400" height="300" rx="20" fill="none" stroke="${ink}" stroke-width="24"/><circle cx="400" cy="350" r="36" fill="${ink}"/><path d="M320 530 L470 400 L560 480 L620 430 L690 530 Z" fill="${ink}"/>`;
  const words = `<text x="500" y="690" font-size="64" text-anchor="middle" fill="${ink}" font-family="sans-serif">No image available</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1200" viewBox="0 0 1000 1000"><rect width="1000" height="1000" fill="${background}"/>${number % 8 < 4 ? icon : ''}${words}</svg>`;
  const picture = sharp(Buffer.from(svg));
  return number % 3 === 0 ? picture.png().toBuffer() : picture.jpeg({ quality: 85 }).toBuffer();
}

function baseOf(number: number): Promise<Buffer> {
  const place = number % PHOTOS.length;
  const known = bases.get(place) ?? makeBase(PHOTOS[place] as string);
  bases.set(place, known);
  return known;
}

async function makeBase(name: string): Promise<Buffer> {
  const { signal } = new AbortController();
  const data = readPhoto(name);
  const { image } = await renderLocally(
    { inputs: [{ mime: 'image/jpeg', data }], aspectRatio: '1:1', imageSize: '2K' },
    signal,
  );
  const spec = {
    ...({ width: 2000, height: 2000, format: 'png', quality: 90, role: 'main', aiGenerated: false } as const),
    fill: { min: 0.8, target: 0.87, max: 0.9 },
  };
  return (await finishImage(image, spec, signal)).data;
}
