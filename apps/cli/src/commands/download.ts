import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImageView } from '@image-studio/contract';
import { CliError } from '../cli-error.ts';
import { inParallel } from '../in-parallel.ts';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker } from '../terminal.ts';

const AT_ONCE = 6;

/** `studio download ID DIR`: the pictures, a folder a SKU, without rejected ones. Those that are there already are not fetched again. */
export async function download(
  client: StudioClient,
  id: string,
  folder: string,
  speaker: Speaker,
): Promise<number> {
  let fetched = 0;
  let known = 0;
  const faults: string[] = [];
  await inParallel(picturesOf(client, id), AT_ONCE, async (image) => {
    const path = pathOf(image, folder);
    const there = await stat(path).catch(() => null);
    if (there?.size === image.bytes) {
      known += 1;
      return;
    }
    try {
      await fetchTo(image, path, client.signal);
      fetched += 1;
      speaker.tell({ event: 'picture', path, url: image.url }, path);
    } catch (error) {
      client.signal.throwIfAborted();
      faults.push(path);
      speaker.note(`${path}: ${(error as Error).message}`);
    }
  });
  speaker.tell(
    { event: 'downloaded', id, fetched, known, failed: faults.length },
    `${fetched} pictures in ${folder}${known > 0 ? `, ${known} were there already` : ''}${faults.length > 0 ? `, ${faults.length} failed` : ''}.`,
  );
  return faults.length > 0 ? 1 : 0;
}

async function* picturesOf(client: StudioClient, id: string): AsyncGenerator<ImageView> {
  for await (const { images } of client.skus(id)) {
    yield* images.filter(({ review }) => review?.decision !== 'rejected');
  }
}

/** The last two segments of a link are the SKU's own folder and the file, as they lie in the store. */
function pathOf({ url }: ImageView, folder: string): string {
  const [sku = '', file = ''] = new URL(url).pathname.split('/').slice(-2).map(decodeURIComponent);
  if ([sku, file].some((part) => part === '' || /^\.{1,2}$|[/\\\0]/.test(part)))
    throw new CliError('BAD_LINK', `The link ${url} names no file.`);
  return join(folder, sku, file);
}

/** Written aside first: a download that was cut off does not pass for a picture. */
async function fetchTo({ url, bytes }: ImageView, path: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
  await mkdir(join(path, '..'), { recursive: true });
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(`${path}.part`), { signal });
  const { size } = await stat(`${path}.part`);
  if (size !== bytes) throw new Error(`it broke off after ${size} of ${bytes} bytes`);
  await rename(`${path}.part`, path);
}
