import { fileKind } from './local-file.ts';

/** What was dropped or chosen, before anybody has looked into folders and ZIPs. */
export interface Dropped {
  entries: FileSystemEntry[];
  files: File[];
}

/** What a drop holds, if it holds photos: a folder, a ZIP, a picture, or several files. `null`: one file of another kind. */
export function photosDropped(transfer: DataTransfer): Dropped | null {
  // Entries are there during the event only.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const files = [...transfer.files];
  const isMany = entries.length > 1 || files.length > 1;
  if (!isMany && !entries.some(({ isDirectory }) => isDirectory) && !holdsPhotos(files)) return null;
  return entries.length > 0 ? { entries, files: [] } : { entries, files };
}

/** What was chosen, if it holds photos. */
export function photosChosen(list: FileList | null): Dropped | null {
  const files = [...(list ?? [])];
  return files.length > 1 || holdsPhotos(files) ? { entries: [], files } : null;
}

function holdsPhotos(files: readonly File[]): boolean {
  return files.some(({ name }) => ['photo', 'zip'].includes(fileKind(name)));
}
