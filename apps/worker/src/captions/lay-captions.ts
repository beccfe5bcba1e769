import type { Check } from '@image-studio/contract';
import sharp from 'sharp';
import type { FinishSpec } from '../finish/finish-spec.ts';
import type { Raster } from '../finish/raster.ts';
import { drawCaptions } from './draw-captions.ts';
import { knownScripts, missingScript } from './known-scripts.ts';

/**
 * Writes the captions of an infographic, or the measures of a scale picture, onto its frame. Says in a check what was
 * written, or why nothing was: a picture without the text it should have is for a person to look at.
 */
export async function layCaptions(
  frame: Raster,
  spec: FinishSpec,
): Promise<{ frame: Raster; checks: Check[] }> {
  const { captions, kind } = spec;
  if (captions === undefined || (kind !== 'infographic' && kind !== 'scale')) return { frame, checks: [] };
  if (captions === null) return { frame, checks: [check('none: the SKU has no attributes for them', true)] };
  const text = [captions.title, ...captions.points, captions.dimensions].join(' ');
  const missing = missingScript(text, await knownScripts());
  if (missing !== null) return { frame, checks: [check(missing, false)] };
  const { data: pixels, width, height, channels } = spec.aiGenerated ? frame : await moveAside(frame, kind);
  const data = await sharp(pixels, { raw: { width, height, channels } })
    .composite([{ input: Buffer.from(drawCaptions(captions, width, height)) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { frame: { data, width, height, channels: 3 }, checks: [check(written(captions), true)] };
}

/** The local engine leaves no room for text: its picture is made smaller, on a ground of its own corner's colour. */
async function moveAside(frame: Raster, kind: 'infographic' | 'scale'): Promise<Raster> {
  const { data, width, height, channels } = frame;
  const isTall = height > 1.25 * width;
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
