import { makeTree } from './make-tree.mjs';

/** `node scripts/image/main.mjs FOLDER`: the files of the Docker image, of a clone that is built. */
const [out] = process.argv.slice(2);
if (out === undefined) {
  console.error('Usage: node scripts/image/main.mjs FOLDER');
  process.exit(2);
}
makeTree(out);
