import sharp from 'sharp';
import type { RenderRequest } from '../local-engine/render-request.ts';

/** For tests: asks for a square picture of a red box on a light background. */
export async function exampleRequest(change: Partial<RenderRequest> = {}): Promise<RenderRequest> {
  const box = await sharp({ create: { width: 200, height: 160, channels: 3, background: '#c8281e' } })
    .png()
    .toBuffer();
  const data = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#f0f0f0' } })
    .composite([{ input: box }])
    .jpeg()
    .toBuffer();
  return { inputs: [{ mime: 'image/jpeg', data }], aspectRatio: '1:1', imageSize: '1K', ...change };
}
