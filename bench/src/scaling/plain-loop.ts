import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { askGemini } from '../ask-gemini.ts';
import type { Provider } from '../quota-provider.ts';

export interface PlainLoopOptions {
  atOnce: number;
  /** Pixels along each side of what is written. */
  side: number;
  folder: string;
  /** Pixels along the longer side of what the model gets. Default: 2048. */
  sentSide?: number;
  /** Default: `jpeg`. */
  format?: 'jpeg' | 'webp';
}

/**
 * What a script without a queue does with the same photos, so many at once: fetch, make it smaller, call the model, encode, write. It knows no
 * quota, remembers nothing and is lost when it dies.
 */
export async function plainLoop(
  provider: Provider,
  urls: readonly string[],
  { atOnce, side, folder, sentSide = 2048, format = 'jpeg' }: PlainLoopOptions,
): Promise<void> {
  const left = [...urls.entries()];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const [n, url] = item;
      const picture = await generate(provider, await prepare(url, sentSide));
      const finished = sharp(picture).resize(side, side);
      const file =
        format === 'webp' ? finished.webp({ quality: 85, effort: 2 }) : finished.jpeg({ quality: 85 });
      await writeFile(join(folder, `${n}.${format}`), await file.toBuffer());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function prepare(url: string, side: number): Promise<string> {
  const photo = Buffer.from(await (await fetch(url)).arrayBuffer());
  const smaller = await sharp(photo).rotate().resize(side, side, { fit: 'inside', withoutEnlargement: true });
  return (await smaller.jpeg({ quality: 90 }).toBuffer()).toString('base64');
}

async function generate(provider: Provider, photo: string): Promise<Buffer> {
  const answer = await askGemini(provider, photo);
  const text = await answer.text();
  const data = /"data":\s*"([^"]+)"/.exec(text)?.[1];
  if (!answer.ok || data === undefined)
    throw new Error(`the model answers ${answer.status}: ${text.slice(0, 200)}`);
  return Buffer.from(data, 'base64');
}
