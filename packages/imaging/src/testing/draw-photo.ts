import sharp from 'sharp';
import { renderLocally } from '../local-engine/render-locally.ts';
import { exampleRequest } from './example-request.ts';

/** What the local engine made of a drawn photo. */
export interface DrawnPackshot {
  /** Least channel at a place given in shares of the frame. */
  at: (x: number, y: number) => number;
  /** Why somebody should look at it. */
  note: string | undefined;
}

const DEFS = `<defs><filter id="soft" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="9"/></filter>
  <linearGradient id="light" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#5f93ad"/>
  <stop offset="1" stop-color="#4c7c95"/></linearGradient></defs>`;

/** For tests: photographs a drawing of 640 × 640 as JPEG and makes its main picture. */
export async function packshotOf(drawing: string): Promise<DrawnPackshot> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640">${DEFS}${drawing}</svg>`;
  const photo = await sharp(Buffer.from(svg)).flatten().jpeg({ quality: 92 }).toBuffer();
  const { image, note } = await renderLocally(
    await exampleRequest({ inputs: [{ mime: 'image/jpeg', data: photo }] }),
    new AbortController().signal,
  );
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number => {
    const i = (Math.round(y * info.height) * info.width + Math.round(x * info.width)) * 3;
    return Math.min(data[i], data[i + 1], data[i + 2]);
  };
  return { at, note };
}
