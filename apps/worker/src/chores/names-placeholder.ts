import { parseUrl } from '@image-studio/contract';

/** How shops and themes call the picture that they show where there is none. */
const NAMES =
  /(^|[/_.-])(no[-_]?(image|photo|picture|pic|img)s?([-_]?(available|found))?|image[-_]?not[-_]?(available|found)|(woocommerce[-_]?)?placeholder|(image[-_]?)?coming[-_]?soon|(image|photo)[-_]?missing|missing[-_]?(image|photo|picture)|kein[-_]?bild|nopic)([/_.-]|$)/i;

/** Whether an address says that there is no picture: `…/placeholder/default.jpg`, `no-image-2048.gif`. */
export function namesPlaceholder(address: string): boolean {
  const url = parseUrl(address);
  return url !== null && NAMES.test(url.pathname);
}
