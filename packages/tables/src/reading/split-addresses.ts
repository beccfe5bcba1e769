/** A file's name, with or without folders before it. */
const FILE = /^[^,;]+\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic)$/i;

/** `mug (1).jpg (https://…), side.jpg (https://…)`: how Airtable writes attachments. */
const ATTACHMENT = / \((https?:\/\/[^\s()]+)\)(?=\s*(?:[,;\r\n]|$))/gi;

/**
 * The addresses in a cell. `|` and line breaks always separate; spaces, commas and semicolons only before the next
 * address (`https://…`, `//host`, `www.`), as addresses hold them too; and between names of files.
 */
export function splitAddresses(cell: string): string[] {
  const attachments = /^[a-z]+:/i.test(cell) ? [] : [...cell.matchAll(ATTACHMENT)];
  if (attachments.length > 0) return attachments.map(([, address = '']) => address);
  return cell
    .split(/[\r\n|]|[\s,;](?=[a-z][a-z0-9+.-]{0,20}:\/\/|\/\/[\w-]|www\.)/i)
    .map(withoutSeparators)
    .filter((part) => part !== '')
    .flatMap(splitFiles);
}

function splitFiles(part: string): string[] {
  if (part.includes('://') || !/[,;]/.test(part)) return [part];
  const files = part.split(/[,;]/).map((file) => file.trim());
  return files.every((file) => FILE.test(file)) ? files : [part];
}

/** By hand: an expression that looks for the end of a run of spaces takes minutes for a million of them. */
function withoutSeparators(part: string): string {
  let start = 0;
  let end = part.length;
  while (start < end && /[\s,;]/.test(part.charAt(start))) start += 1;
  while (end > start && /[\s,;]/.test(part.charAt(end - 1))) end -= 1;
  return part.slice(start, end);
}
