/**
 * Holds each package to its room: which others it may name in `dependencies`, and who may name a vendor. Biome holds the
 * code to that list (`noUndeclaredDependencies`), its paths and its cycles to `biome.json`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCOPE = '@image-studio/';

/** Apps never depend on each other: no app stands on the right. */
const ROOMS = {
  'packages/contract': [],
  'packages/tracing': [],
  'packages/address-guard': ['contract'],
  'packages/planning': ['contract'],
  'packages/photo-names': ['contract'],
  'packages/imaging': ['contract', 'planning'],
  'packages/manifest': ['contract'],
  'packages/tables': ['contract'],
  'packages/queue': ['contract', 'tracing'],
  'packages/storage': ['contract', 'tracing'],
  'packages/runtime': ['contract', 'tracing'],
  'packages/testkit': ['runtime'],
  'apps/api': 'address-guard contract imaging manifest planning queue runtime storage tables tracing'.split(
    ' ',
  ),
  'apps/worker': 'address-guard contract imaging manifest planning queue runtime storage tracing'.split(' '),
  'apps/launcher': ['contract', 'runtime'],
  // REST and sockets only: it runs wherever the API can be reached.
  'apps/cli': ['contract', 'photo-names'],
  // It is bundled: all that it uses is in its `devDependencies`.
  'apps/dashboard': [],
  e2e: ['contract', 'testkit'],
  // The bench measures the work on pictures and the estimate of time left themselves, not copies of them.
  bench: ['contract', 'e2e', 'imaging', 'queue', 'tables', 'testkit'],
};

/** One vendor, one door. */
const DOORS = [
  { vendor: /^bullmq$/, rooms: ['packages/queue', 'bench'] },
  { vendor: /^ioredis$/, rooms: ['packages/queue', 'packages/testkit', 'bench', 'e2e'] },
  { vendor: /^@aws-sdk\//, rooms: ['packages/storage'] },
  { vendor: /^@google\/generative-ai$/, rooms: ['apps/worker'] },
  { vendor: /^(sharp|libheif-js)$/, rooms: ['packages/imaging', 'packages/testkit', 'bench', 'e2e'] },
  { vendor: /^(read-excel-file|saxes)$/, rooms: ['packages/tables'] },
  { vendor: /^prom-client$/, rooms: ['packages/runtime', 'apps/api'] },
];

/** In `packages/queue/src` a folder imports from those before it only: the table in docs/architecture.md. Folders of one line stand side by side. */
const QUEUE_FOLDERS = [
  'redis',
  'tracing',
  'jobs',
  'batch-store',
  'fleet',
  'quota',
  'scheduling',
  'calls',
  'skus',
  'economy',
  'webhooks uploads feeds',
  'chores audits remarks',
  'commands',
].map((line) => line.split(' '));

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const rooms = ['apps', 'packages', '.']
  .flatMap((home) => namesIn(home).map((name) => (home === '.' ? name : `${home}/${name}`)))
  .filter((room) => existsSync(join(root, room, 'package.json')));
const faults = [...rooms.flatMap(faultsOf), ...runningContract(), ...importsFromBelow()];
for (const fault of faults) console.error(fault);
console.log(`Looked at ${rooms.length} packages: ${faults.length} broken rules.`);
// A check that looks at nothing is always green.
process.exitCode = faults.length > 0 || rooms.length === 0 ? 1 : 0;

function faultsOf(room) {
  const allowed = ROOMS[room];
  if (allowed === undefined) return [`${room} is a new room: add it to scripts/check-rooms.mjs`];
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8'));
  return Object.keys(dependencies).flatMap((name) => {
    if (name.startsWith(SCOPE))
      return allowed.includes(name.slice(SCOPE.length)) ? [] : `${room} may not depend on ${name}`;
    const door = DOORS.find(({ vendor }) => vendor.test(name));
    return door === undefined || door.rooms.includes(room)
      ? []
      : `${room} may not depend on ${name}: its door is ${door.rooms.join(', ')}`;
  });
}

/** The browser takes types from the contract and nothing that runs. */
function runningContract() {
  const folder = 'apps/dashboard/src';
  return namesIn(folder, { recursive: true })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .filter((file) =>
      /^(import|export) (?!type\b)[^;]*?from '@image-studio\/contract'/m.test(
        readFileSync(join(root, folder, file), 'utf8'),
      ),
    )
    .map((file) => `${folder}/${file} may import types of @image-studio/contract only`);
}

/** Of a folder in the table that imports from one further down. */
function importsFromBelow() {
  const home = 'packages/queue/src';
  const floorOf = (folder) => QUEUE_FOLDERS.findIndex((folders) => folders.includes(folder));
  return QUEUE_FOLDERS.flat().flatMap((folder) =>
    namesIn(`${home}/${folder}`)
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file))
      .flatMap((file) => {
        const source = readFileSync(join(root, home, folder, file), 'utf8');
        const others = [...source.matchAll(/from '\.\.\/([\w-]+)\//g)].map(([, other]) => other);
        return others
          .filter((other) => floorOf(other) > floorOf(folder))
          .map((other) => `${home}/${folder}/${file} may not import from ${other}/, which stands below it`);
      }),
  );
}

function namesIn(folder, options = {}) {
  const path = join(root, folder);
  return existsSync(path) ? readdirSync(path, options) : [];
}
