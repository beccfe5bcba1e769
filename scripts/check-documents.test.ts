import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('./check-documents.mjs', import.meta.url));

test('a document may name files that are there, by a link or by the end of a path', async () => {
  const root = await mkdtemp(join(tmpdir(), 'image-studio-documents-'));
  try {
    spawnSync('git', ['init', '-q'], { cwd: root });
    await mkdir(join(root, 'docs/decisions'), { recursive: true });
    await mkdir(join(root, 'src'));
    await writeFile(join(root, 'src/here.ts'), '');
    await writeFile(
      join(root, 'docs/a.md'),
      '[here](../src/here.ts#x) `src/here.ts` `here.ts` `src/gone.ts` [gone](b.md)',
    );
    await writeFile(join(root, 'docs/decisions/0001-then.md'), '`was/here/once.ts`');
    const { stderr, status } = spawnSync(process.execPath, [SCRIPT, root], { encoding: 'utf8' });
    expect(stderr.trim().split('\n')).toEqual([
      'docs/a.md names docs/b.md, which is not there',
      'docs/a.md names src/gone.ts, which is not there',
    ]);
    expect(status).toBe(1);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
