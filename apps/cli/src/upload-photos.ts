import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { inParallel } from './in-parallel.ts';
import type { StudioClient } from './studio-client.ts';

const AT_ONCE = 4;
const ASKED_AT_ONCE = 1000;
const Known = z.object({ items: z.array(z.object({ sha256: z.string() })) });

/**
 * Uploads the files that the server does not have yet, a few at a time, and resolves with their SHA-256 by path. A file that is
 * refused is left out; `onDone` is told of each.
 */
export async function uploadPhotos(
  client: StudioClient,
  paths: readonly string[],
  onDone: (path: string, outcome: 'uploaded' | 'known' | { refused: string }) => void,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  await inParallel(paths, AT_ONCE, async (path) => {
    digests.set(path, await digestOf(path));
  });
  const known = new Set<string>();
  const all = [...new Set(digests.values())];
  for (let at = 0; at < all.length; at += ASKED_AT_ONCE) {
    const sha256 = all.slice(at, at + ASKED_AT_ONCE);
    const { items } = await client.ask(Known, '/photos/lookup', client.json('POST', { sha256 }));
    for (const item of items) known.add(item.sha256);
  }
  const taken = new Map<string, string>();
  await inParallel(paths, AT_ONCE, async (path) => {
    const sha256 = digests.get(path) as string;
    const wasKnown = known.has(sha256);
    if (!wasKnown) {
      const refused = await upload(client, path, sha256);
      if (refused !== null) return onDone(path, { refused });
      known.add(sha256);
    }
    taken.set(path, sha256);
    onDone(path, wasKnown ? 'known' : 'uploaded');
  });
  return taken;
}

/** `null`, or why this file is no photo; everything else throws. */
async function upload(client: StudioClient, path: string, sha256: string): Promise<string | null> {
  try {
    await client.send(`/photos?sha256=${sha256}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(await readFile(path)),
    });
    return null;
  } catch (error) {
    if (error instanceof CliError && /^(SOURCE_|BODY_TOO_LARGE)/.test(error.code)) return error.message;
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
