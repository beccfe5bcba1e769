import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BatchOptions } from '@image-studio/contract';
import type * as steps from '@image-studio/imaging/bench';
import sharp from 'sharp';

/** A table of numbers, some of them in groups. */
type Table = { [name: string]: number | Table };

const CATALOGUE = fileURLToPath(new URL('../../apps/launcher/catalogue', import.meta.url));
const LIMITS = { maxPixels: 50e6, minSide: 1, maxSide: 800, maxBytes: 15e6, keepAlpha: true };

/**
 * `npm run bench -- thresholds [part of a file's name …]`: halves and doubles each number of the `THRESHOLDS` tables of
 * packages/imaging, alone, and makes the catalogue's photos anew each time: rendered by the local engine, then finished and
 * checked. Prints which numbers make no difference to any of them, and for the others, the first photo that they make one to.
 * `STUDIO_BENCH_PHOTOS` names a folder of other photos. All tables take an hour.
 */
export async function benchThresholds(only: string[]): Promise<void> {
  sharp.concurrency(1);
  const { imaging, tables, close } = await openImaging();
  try {
    const photos = readPhotos();
    const before = new Map<string, string>();
    for (const [name, data] of photos) before.set(name, await digestOf(imaging, data));
    const chosen = [...tables].filter(
      ([file]) => only.length === 0 || only.some((part) => file.includes(part)),
    );
    const idle: string[] = [];
    for (const [file, table] of chosen) {
      for (const { name, holder, key, value } of numbersIn(table)) {
        const needs = async (times: number) => {
          holder[key] = value * times;
          for (const [photo, data] of photos)
            if ((await digestOf(imaging, data)) !== before.get(photo)) return photo;
          return null;
        };
        const found = [await needs(0.5), await needs(2)];
        holder[key] = value;
        if (found.every((photo) => photo === null)) idle.push(`${file} ${name}`);
        console.log(`${file} ${name} ${value}: halved ${found[0] ?? '–'}, doubled ${found[1] ?? '–'}`);
      }
    }
    console.log(`\nNeeded by none of ${photos.length} photos: ${idle.length}\n${idle.join('\n')}`);
  } finally {
    close();
  }
}

/** A copy of packages/imaging whose tables of numbers can be changed while it is in use. */
export async function openImaging(): Promise<{
  imaging: typeof steps;
  tables: Map<string, Table>;
  close: () => void;
}> {
  const built = dirname(fileURLToPath(import.meta.resolve('@image-studio/imaging')));
  // Beside the original, so that what it imports is found.
  const copy = mkdtempSync(join(dirname(built), 'thresholds-'));
  cpSync(built, copy, { recursive: true });
  const tables = openTables(copy);
  const imaging = (await import(pathToFileURL(join(copy, 'bench-surface.js')).href)) as typeof steps;
  return { imaging, tables, close: () => rmSync(copy, { recursive: true, force: true }) };
}

/** Lets the compiled files of a folder leave their tables where they can be changed while they are in use; by file, once they are loaded. */
function openTables(folder: string): Map<string, Table> {
  const tables = new Map<string, Table>();
  Object.assign(globalThis, { thresholdTables: tables });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8');
    const start = source.indexOf('const THRESHOLDS = {');
    if (start < 0) continue;
    const end = source.indexOf('\n};', start) + 3;
    const entry = `\nglobalThis.thresholdTables.set(${JSON.stringify(file.replace(/\.js$/, ''))}, THRESHOLDS);`;
    writeFileSync(path, source.slice(0, end) + entry + source.slice(end));
  }
  return tables;
}

export function numbersIn(
  table: Table,
  group = '',
): { name: string; holder: Table; key: string; value: number }[] {
  return Object.entries(table).flatMap(([key, value]) =>
    typeof value === 'number'
      ? [{ name: group + key, holder: table, key, value }]
      : numbersIn(value, `${group}${key}.`),
  );
}

function readPhotos(): [string, Buffer][] {
  const folder = process.env.STUDIO_BENCH_PHOTOS ?? CATALOGUE;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names
    .filter((name) => /\.(jpe?g|png|webp)$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name))]);
}

/** Of what the local engine makes of a photo, and of that as a finished picture with its checks. */
async function digestOf(imaging: typeof steps, data: Buffer): Promise<string> {
  const { signal } = new AbortController();
  const photo = { url: 'https://x.example/a.jpg', name: 'a.jpg', stem: 'a', data };
  const prepared = await imaging.preparePhoto(photo, LIMITS, signal);
  const rendered = await imaging.renderLocally(
    { inputs: [prepared], aspectRatio: '1:1', imageSize: '1K' },
    signal,
  );
  const output = imaging.planOutput(
    BatchOptions.parse({ profile: { width: 800, height: 800, format: 'jpeg' } }),
  );
  const spec = { ...output, role: 'main' as const, aiGenerated: true, photos: [prepared.data] };
  const finished = await imaging.finishImage(rendered.image, spec, signal);
  return createHash('sha256')
    .update(rendered.image)
    .update(rendered.note ?? '')
    .update(finished.data)
    .update(JSON.stringify(finished.checks))
    .digest('hex');
}
