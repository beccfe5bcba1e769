import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { placeOnWhite } from '../../compose/place-on-white.ts';
import { decodePicture } from '../../decode/decode-picture.ts';
import { analyseScene } from '../analyse-scene.ts';

const FRAME = { width: 400, height: 400, fill: 0.85, minFill: 0.8, maxReach: 0.95 };

async function doubtOf(
  background: string,
  body: string,
  side = 1000,
  quality = 88,
): Promise<string | undefined> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 1000 1000"><defs>
    <filter id="soft" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="22"/></filter>
    <linearGradient id="round"><stop offset="0" stop-color="#e4e4e4"/><stop offset="0.25" stop-color="#f2f2f2"/>
      <stop offset="0.75" stop-color="#f2f2f2"/><stop offset="1" stop-color="#e2e2e2"/></linearGradient></defs>
    <rect width="1000" height="1000" fill="${background}"/>${body}</svg>`;
  const file = await sharp(Buffer.from(svg)).flatten().jpeg({ quality }).toBuffer();
  const picture = await decodePicture(file, 1600);
  const scene = analyseScene(picture, { shadow: 'keep' });
  return (await placeOnWhite(picture, FRAME, scene)).findings.doubt;
}

const SHADOW = '<ellipse cx="500" cy="822" rx="270" ry="28" fill="#777" filter="url(#soft)"/>';
const sheet = (colour: string) =>
  `${SHADOW}<rect x="230" y="170" width="540" height="660" fill="${colour}"/>`;
const TUBE =
  '<path d="M420 120h160v70H420z" fill="#efefef"/><path d="M380 190h240l40 640H340z" fill="url(#round)"/>';
/** Its middle is `step` levels from the background, its sides are shaded. */
const tube = (step: number, background: number): string => {
  const grey = (change: number): string => {
    const level = background + step + change;
    return `rgb(${level},${level},${level})`;
  };
  return `<defs><linearGradient id="tu" x1="0" x2="1"><stop offset="0" stop-color="${grey(-14)}"/><stop offset=".25" stop-color="${grey(0)}"/>
    <stop offset=".75" stop-color="${grey(0)}"/><stop offset="1" stop-color="${grey(-16)}"/></linearGradient></defs>
    <path d="M420 120h160v70H420z" fill="${grey(-3)}"/><path d="M380 190h240l40 640H340z" fill="url(#tu)"/>`;
};

describe('a cut-out', () => {
  test.each([
    ['a sheet two levels lighter than its background', '#f0f0f0', sheet('#f2f2f2')],
    ['a sheet two levels darker than its background', '#fafafa', sheet('#f8f8f8')],
    ['a tube whose middle is two levels lighter than its background', '#f0f0f0', TUBE],
  ])('that lost %s is doubtful', async (_, background, body) => {
    expect(await doubtOf(background, body)).toMatch(/may be missing/);
  });

  test('that lost a sheet which drew the colour of the background along is doubtful', async () => {
    expect(await doubtOf('#e6e6e6', sheet('#e9e9e9'), 520, 92)).toMatch(/may be missing/);
  });

  test.each([
    ['an off-white', '#fafafa', tube(-2, 250)],
    ['a light grey', '#e6e6e6', tube(-2, 230)],
  ])('through a tube two levels darker than %s background follows no edge', async (_, background, body) => {
    expect(await doubtOf(background, body, 520, 80)).toMatch(/does not follow/);
  });

  test.each([
    ['a sheet clearly darker', '#f0f0f0', sheet('#dcdcdc')],
    ['a dark product with its shadow', '#fafafa', sheet('#202428')],
  ])('of %s is not', async (_, background, body) => {
    expect(await doubtOf(background, body)).toBeUndefined();
  });
});
