/**
 * Holds the documents to the files that they name: every link to a file of this repository, and every source file in
 * backticks, as `packages/queue/src/redis/keys.ts` or by the end of its path. Decisions and the changelog tell of their own time.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const documents = files.filter(
  (file) => file.endsWith('.md') && !file.startsWith('docs/decisions/') && file !== 'CHANGELOG.md',
);
const faults = documents.flatMap((document) => {
  const text = readFileSync(join(root, document), 'utf8');
  return [...gone(document, linked(text, dirname(document))), ...gone(document, named(text))];
});
for (const fault of faults) console.error(fault);
console.log(`Read ${documents.length} documents: ${faults.length} name a file that is not there.`);
process.exitCode = faults.length > 0 || documents.length === 0 ? 1 : 0;

/** Targets of links that lead to no other site and to no place in the same document. */
function linked(text, folder) {
  return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target]) =>
    normalize(join(folder, target)).replace(/\/$/, ''),
  );
}

/** Source files in backticks. */
function named(text) {
  return [...text.matchAll(/`([\w@-][\w./@-]*\.(?:ts|tsx|mjs))`/g)].map(([, path]) => path);
}

function gone(document, paths) {
  return paths
    .filter((path) => !files.some((file) => isAt(file, path)))
    .map((path) => `${document} names ${path}, which is not there`);
}

/** A file, the end of its path, or a folder that holds it. */
function isAt(file, path) {
  return file === path || file.endsWith(`/${path}`) || file.startsWith(`${path}/`);
}
