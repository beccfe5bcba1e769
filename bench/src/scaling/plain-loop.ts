import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { askGemini } from '../ask-gemini.ts';
import type { Provider } from '../quota-provider.ts';

/**
 * What a script without a queue does with the same photos, so many at once: fetch, make it smaller, call the model, encode, write. It knows no
 * quota, remembers nothing and is lost when it dies.
 */
export async function plainLoop(
  provider: Provider,
  urls: readonly string[],
  options: { atOnce: number; side: number; folder: string },
): Promise<void> {
  const left = [...urls.entries()];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const [n, url] = item;
      const picture = await generate(provider, await prepare(url));
      const finished = await sharp(picture)
        .resize(options.side, options.side)
        .jpeg({ quality: 85 })
        .toBuffer();
      await writeFile(join(options.folder, `${n}.jpg`), finished);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, lane));
}

async function prepare(url: string): Promise<string> {
  const photo = Buffer.from(await (await fetch(url)).arrayBuffer());
  const smaller = await sharp(photo).rotate().resize(2048, 2048, { fit: 'inside', withoutEnlargement: true });
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
