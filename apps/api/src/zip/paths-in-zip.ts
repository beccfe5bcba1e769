import type { ImageRecord } from '@image-studio/contract';

/** What Windows does not take as a name, whatever follows its first dot (Microsoft, "Naming Files, Paths, and Namespaces"). */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
/** Beside the folders of the SKUs. */
const OWN_ENTRIES = ['manifest.csv', 'errors.txt'];

/**
 * Names pictures `<SKU>/<slot>.<format>`. The folder is the one of the object's key, which is safe and the SKU's own;
 * two that differ in case only get a number, because many file systems take them for one.
 */
export function pathsInZip(): (image: Pick<ImageRecord, 'key' | 'slot' | 'format'>) => string {
  const folders = new Map<string, string>();
  const owners = new Map<string, string>(OWN_ENTRIES.map((name) => [name, '']));
  const taken = new Set<string>();

  function folderOf(segment: string): string {
    const known = folders.get(segment);
    if (known !== undefined) return known;
    const plain = safeOnWindows(segment);
    let folder = plain;
    for (let n = 2; owners.has(folder.toLowerCase()); n += 1) folder = `${plain}~${n}`;
    owners.set(folder.toLowerCase(), segment);
    folders.set(segment, folder);
    return folder;
  }

  return ({ key, slot, format }) => {
    const [, segment = '_', file = '_'] = key.split('/');
    const folder = folderOf(segment);
    const dot = file.lastIndexOf('.');
    const [stem, extension] = [safeOnWindows(slot ?? file.slice(0, dot)), format || file.slice(dot + 1)];
    let path = `${folder}/${stem}.${extension}`;
    for (let n = 2; taken.has(path.toLowerCase()); n += 1) path = `${folder}/${stem}~${n}.${extension}`;
    taken.add(path.toLowerCase());
    return path;
  };
}

/** `con.txt` becomes `con_.txt`; dots at the end, which Windows drops, become `_`. */
function safeOnWindows(name: string): string {
  return name.replace(RESERVED, '$1_').replace(/\.+$/, '_');
}
