import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Rendered things with alpha, 256 px, MIT licence. Not among the dependencies: 25 MB in 3,400 files would slow down the
 * first start of everybody who never measures a cut.
 */
const PACKAGE = '@lobehub/fluent-emoji-3d';
const VERSION = '1.1.0';

/** What shops sell: shoes, clothes, bags, devices, household goods, tools, toys. */
export const PRODUCTS =
  '1f45f 1f45e 1f97e 1f460 1f455 1f456 1f457 1f458 1f9e3 1f9e4 1f9e6 1f45c 1f45d 1f45b 1f392 1f576-fe0f 1f453 231a 1f4f7 260e-fe0f 1f4f1 1f4bb 1f5a8-fe0f 2328-fe0f 1f5b1-fe0f 1f3a7 1f399-fe0f 2615 1f37c 1fad6 1f52a 1fa91 1f6bd 1f6c1 1f9fb 1f9f4 1f9fa 1f9f8 1f3c0 1f3d0 1f4d2 1f4d8 1f526 1f512 1f528 1fa9a 1f527 1f9f3 1f9e2 1f452 1f48d 1f484 1f381 1f6f9 1f6fc 1f3b8'.split(
    ' ',
  );

/** Where the pictures lie, a file `<code>.webp` each; fetched with npm when they are not there yet. */
export function fetchProducts(): string {
  const folder = join(tmpdir(), `image-studio-products-${VERSION}`);
  const assets = join(folder, 'node_modules', PACKAGE, 'assets');
  if (!existsSync(assets)) {
    const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
    execFileSync('npm', [...args, `${PACKAGE}@${VERSION}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return assets;
}
