import type { Check } from '@image-studio/contract';
import { type Captions, captionsGoBelow } from '@image-studio/planning';
import sharp from 'sharp';
import type { FinishSpec } from '../../finish-spec.ts';
import type { Raster } from '../../raster/raster.ts';
import { analyseScene } from '../../segment/analyse-scene.ts';
import { isScene } from '../../segment/doubt/is-scene.ts';
import { type Composition, compositionOf } from '../composition.ts';
import { drawableText, knownScripts, missingScript } from './drawable-text.ts';
import { type Area, renderCaptions } from './render-captions.ts';

export interface Captioned {
  /** The very same composition when nothing was written. */
  frame: Composition;
  checks: Check[];
}

/**
 * Writes the captions of an infographic, or the measures of a scale picture, onto its frame. Says in a check what was
 * written, or why nothing was: a picture without the text it should have is for a person to look at.
 */
export async function drawCaptions(frame: Composition, spec: FinishSpec): Promise<Captioned> {
  const { captions, kind } = spec;
  if (captions === undefined || (kind !== 'infographic' && kind !== 'scale')) return { frame, checks: [] };
  if (captions === null) return { frame, checks: [check('none: the SKU has no attributes for them', true)] };
  const text = [captions.title, ...captions.points, captions.dimensions].join(' ');
  const missing = missingScript(text, await knownScripts());
  if (missing !== null) return { frame, checks: [check(missing, false)] };
  const letters = await drawableText(text);
  if (letters.missing.length > 0) return { frame, checks: [check(noFontFor(letters.missing), false)] };
  const shown = await drawable(captions);
  if (isEmpty(shown)) return { frame, checks: [check('none: nothing is left of them', false)] };
  const under = spec.aiGenerated ? frame : await moveAside(frame, kind);
  const { data: pixels, width, height, channels } = under;
  const product = kind === 'scale' ? measuredProduct(under) : null;
  const data = await sharp(pixels, { raw: { width, height, channels } })
    .composite([{ input: Buffer.from(renderCaptions(shown, width, height, product)) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return {
    frame: compositionOf({ data, width, height, channels: 3 }),
    checks: [{ ...check(written(shown), true), ...noteOn(letters.leftOut) }],
  };
}

async function drawable({ title, points, dimensions }: Captions): Promise<Captions> {
  const [shownTitle, shownDimensions, ...shownPoints] = await Promise.all(
    [title, dimensions, ...points].map(async (text) => (await drawableText(text)).text),
  );
  return {
    title: shownTitle ?? '',
    dimensions: shownDimensions ?? '',
    points: shownPoints.filter((point) => point !== ''),
  };
}

function isEmpty({ title, points, dimensions }: Captions): boolean {
  return title === '' && points.length === 0 && dimensions === '';
}

const MOST_NAMED = 10;

function noFontFor(characters: string[]): string {
  return `no font for ${characters.slice(0, MOST_NAMED).join(' ')} is installed`;
}

function noteOn(leftOut: string[]): { fix?: string } {
  return leftOut.length === 0 ? {} : { fix: `left out: ${noFontFor(leftOut)}` };
}

/** Where the one thing stands that the measures are of; `null` in a scene, or where the frame cuts it off. */
function measuredProduct(frame: Raster): Area | null {
  const scene = analyseScene(frame, { shadow: 'remove' });
  if (!scene?.product) return null;
  const { segmentation, product } = scene;
  if (product.touches.length > 0 || isScene(segmentation)) return null;
  const [across, down] = [frame.width / segmentation.width, frame.height / segmentation.height];
  const { left, top, width, height } = product.box;
  return { x: left * across, y: top * down, width: width * across, height: height * down };
}

/** The local engine leaves no room for text: its picture is made smaller, on a background of its own corner's colour. */
async function moveAside(frame: Raster, kind: 'infographic' | 'scale'): Promise<Raster> {
  const { data, width, height, channels } = frame;
  const isTall = captionsGoBelow({ width, height });
  const share = kind === 'scale' ? 0.84 : isTall ? 0.62 : 0.54;
  const [right, bottom] = kind === 'scale' || isTall ? [0, 1 - share] : [1 - share, 0];
  const [r = 255, g = 255, b = 255] = data;
  const room = { width: Math.round(width * (1 - right)), height: Math.round(height * (1 - bottom)) };
  const small = await sharp(data, { raw: { width, height, channels } })
    .resize({ ...room, fit: 'contain', background: { r, g, b } })
    .extend({ right: width - room.width, bottom: height - room.height, background: { r, g, b } })
    .removeAlpha()
    .raw()
    .toBuffer();
  return { data: small, width, height, channels: 3 };
}

function check(measured: string, pass: boolean): Check {
  return { rule: 'captions', measured, required: 'text from the attributes, drawn and not generated', pass };
}

function written({ title, points, dimensions }: NonNullable<FinishSpec['captions']>): string {
  if (dimensions !== '') return 'the measures';
  return `${title === '' ? 'no title' : 'the title'} and ${points.length} ${points.length === 1 ? 'point' : 'points'}`;
}
