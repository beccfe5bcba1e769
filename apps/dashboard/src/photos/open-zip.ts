import { unzip } from 'unzipit';
import type { LocalFile } from './local-file.ts';

/** The files of a ZIP; each is unpacked when it is read. */
export async function openZip(archive: Blob): Promise<LocalFile[]> {
  const { entries } = await unzip(archive);
  return Object.values(entries)
    .filter(({ isDirectory }) => !isDirectory)
    .map((entry) => ({
      path: entry.name.replaceAll('\\', '/').normalize('NFC'),
      bytes: entry.size,
      read: () => entry.blob(),
    }));
}
