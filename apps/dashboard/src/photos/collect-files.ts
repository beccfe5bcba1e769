import type { Dropped } from './dropped.ts';
import { fileKind, isLitter, type LocalFile } from './local-file.ts';

/** Photos and tables of what was dropped, and how many files were neither. */
export interface Collected {
  photos: LocalFile[];
  tables: LocalFile[];
  others: number;
  /** ZIPs that could not be read, by name. */
  unreadable: string[];
}

/** More than a batch can hold; somebody dropped a whole disk. */
const MOST_FILES = 200_000;

/** Looks into folders and ZIPs. Reads no photo. */
export async function collectFiles({ entries, files }: Dropped): Promise<Collected> {
  const found: Collected = { photos: [], tables: [], others: 0, unreadable: [] };
  for await (const file of everyFile(entries, files)) {
    if (fileKind(file.path) === 'zip') await addZip(file, found);
    else addFile(file, found);
    if (found.photos.length + found.others > MOST_FILES) break;
  }
  return found;
}

function addFile(file: LocalFile, found: Collected): void {
  if (isLitter(file.path)) return;
  const kind = fileKind(file.path);
  if (kind === 'photo') found.photos.push(file);
  else if (kind === 'table') found.tables.push(file);
  else found.others += 1;
}

async function addZip(file: LocalFile, found: Collected): Promise<void> {
  const { openZip } = await import('./open-zip.ts');
  try {
    for (const inside of await openZip(await file.read())) addFile(inside, found);
  } catch {
    found.unreadable.push(file.path);
  }
}

async function* everyFile(
  entries: readonly FileSystemEntry[],
  files: readonly File[],
): AsyncGenerator<LocalFile> {
  for (const file of files) yield localFile(file.webkitRelativePath || file.name, file);
  for (const entry of entries) yield* filesOf(entry);
}

async function* filesOf(entry: FileSystemEntry): AsyncGenerator<LocalFile> {
  const path = entry.fullPath.replace(/^\/+/, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    ).catch(() => null);
    if (file) yield localFile(path, file);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    ).catch(() => []);
    if (some.length === 0) return;
    for (const inside of some) yield* filesOf(inside);
  }
}

const localFile = (path: string, file: File): LocalFile => ({
  path: path.normalize('NFC'),
  bytes: file.size,
  read: async () => file,
});
