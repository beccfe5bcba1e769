/** A file of somebody's disk, or of a ZIP there. */
export interface LocalFile {
  /** Folders and name, with `/` between them; the folder that was dropped comes first. */
  path: string;
  bytes: number;
  /** Its content; read when it is needed, and again when it is needed again. */
  read(): Promise<Blob>;
}

export type FileKind = 'photo' | 'table' | 'zip' | 'other';

const KINDS: readonly [FileKind, RegExp][] = [
  ['photo', /\.(jpe?g|jfif|png|webp|avif|tiff?|gif|hei[cf])$/i],
  ['table', /\.(csv|tsv|tab|xlsx|xlsm|xml)$/i],
  ['zip', /\.zip$/i],
];

/** What a file is for, by its name; the server looks at its bytes. */
export function fileKind(path: string): FileKind {
  return KINDS.find(([, names]) => names.test(path))?.[0] ?? 'other';
}

/** Files that systems leave in folders and nobody means. */
export function isLitter(path: string): boolean {
  return path
    .split('/')
    .some((part) => part.startsWith('.') || part === '__MACOSX' || /^(thumbs\.db|desktop\.ini)$/i.test(part));
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
