import { isBuiltin } from 'node:module';

const SCOPE = '@image-studio/';

/** Which packages a room's code may import. Apps never import each other: no app stands on the right. */
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
  'packages/testkit': ['contract', 'runtime'],
  'apps/api': [
    'address-guard',
    'contract',
    'imaging',
    'manifest',
    'planning',
    'queue',
    'storage',
    'runtime',
    'tables',
    'tracing',
  ],
  'apps/worker': [
    'address-guard',
    'contract',
    'imaging',
    'manifest',
    'planning',
    'queue',
    'storage',
    'runtime',
    'tracing',
  ],
  'apps/launcher': ['contract', 'runtime'],
  // REST and sockets only: it runs wherever the API can be reached.
  'apps/cli': ['contract', 'photo-names'],
  'apps/dashboard': ['contract', 'photo-names'],
  e2e: ['contract', 'queue', 'storage', 'runtime', 'testkit'],
  // The bench measures the work on pictures itself, not a copy of it.
  bench: ['contract', 'queue', 'storage', 'runtime', 'testkit', 'imaging', 'e2e', 'tables'],
};

/** Rooms that may use the contract's types and nothing of it that runs: zod is no part of a page. */
const TYPES_ONLY = new Set(['apps/dashboard']);
const CONTRACT = '@image-studio/contract';

/** Loads the decoders, which read hostile bytes: a worker leaves them to the child processes of `./pool`. */
const DECODERS = '@image-studio/imaging';

/** One vendor, one door: paths that may import a foreign package. Tests may use what their own package.json lists. */
const DOORS = [
  { vendor: /^bullmq$/, doors: ['packages/queue/', 'bench/'] },
  { vendor: /^ioredis$/, doors: ['packages/queue/', 'packages/testkit/', 'bench/', 'e2e/'] },
  { vendor: /^@aws-sdk\//, doors: ['packages/storage/', 'bench/', 'e2e/'] },
  { vendor: /^@google\/generative-ai$/, doors: ['apps/worker/src/models/gemini/google-generative-ai.ts'] },
  { vendor: /^sharp$/, doors: ['packages/imaging/', 'packages/testkit/', 'bench/', 'e2e/'] },
  { vendor: /^(read-excel-file|saxes)$/, doors: ['packages/tables/'] },
  { vendor: /^prom-client$/, doors: ['packages/runtime/', 'apps/api/', 'apps/worker/'] },
];

/** Where `process.env` may be read: wiring, the entry of the configuration, and the search path for a Redis binary. */
const ENVIRONMENT_READERS = [
  /[/-]main\.ts$/,
  /^packages\/runtime\/src\/config\//,
  /^packages\/runtime\/src\/find-redis-server\.ts$/,
  /^(e2e|bench|packages\/testkit)\//,
  /\/vite\.config\.ts$/,
];

/** What a worker fetches, asks and stores knows neither Redis nor BullMQ, not even through a neighbour. */
const PIPELINE = /^apps\/worker\/src\/(sources|models|store)\//;
const PIPELINE_NEVER = /^(@image-studio\/queue|bullmq|ioredis)(\/|$)/;

/** Every rule that `module` breaks, with file and line. */
export function faultsOf(module, modules) {
  const faults = [];
  const fault = (line, message) => faults.push({ file: module.file, line, message });
  for (const entry of module.imports) {
    const message = entry.target === undefined ? packageFault(module, entry) : leavingFault(module, entry);
    if (message !== undefined) fault(entry.line, message);
  }
  if (PIPELINE.test(module.file) && !isTest(module)) {
    const path = wayToQueue(module, modules);
    if (path !== undefined)
      fault(path.line, `this folder knows no queue, and reaches it: ${path.way.join(' → ')}`);
  }
  if (!isTest(module) && !ENVIRONMENT_READERS.some((reader) => reader.test(module.file))) {
    for (const line of module.environment) fault(line, 'process.env is read outside a main.ts');
  }
  return faults;
}

/** The configuration of a tool is no module of its package. */
function leavingFault({ file, room }, { name, target }) {
  if (/\.config\.[jt]s$/.test(file)) return undefined;
  return target.startsWith(`${room}/`) ? undefined : `"${name}" leaves the package: import it by its name`;
}

function packageFault(module, entry) {
  if (entry.name.startsWith('node:') || isBuiltin(entry.name)) return undefined;
  if (entry.name.startsWith(SCOPE)) return workspaceFault(module, entry);
  const door = DOORS.find(({ vendor }) => vendor.test(packageOf(entry.name)) || vendor.test(entry.name));
  const isOpen =
    isTest(module) || door === undefined || door.doors.some((path) => module.file.startsWith(path));
  if (!isOpen) return `"${entry.name}" may only be imported in ${door.doors.join(', ')}`;
  return declaredFault(module, entry);
}

function workspaceFault(module, entry) {
  const { room } = module;
  const name = entry.name.slice(SCOPE.length).split('/')[0];
  const allowed = ROOMS[room];
  if (allowed === undefined) return `${room} is a new room: add it to scripts/dependencies/rules.mjs`;
  if (name === 'testkit' && isTest(module)) return declaredFault(module, entry);
  if (`packages/${name}` === room) return isTest(module) ? undefined : 'a package imports itself by its name';
  if (!allowed.includes(name))
    return `${room} may not import "${entry.name}"${name === 'testkit' ? ' outside tests' : ''}`;
  if (TYPES_ONLY.has(room) && entry.name === CONTRACT && !entry.typeOnly && !isTest(module)) {
    return `${room} may import types of "${entry.name}" only`;
  }
  if (room === 'apps/worker' && entry.name === DECODERS && !entry.typeOnly && !isTest(module)) {
    return `a worker loads no decoders: import types of "${DECODERS}", or "${DECODERS}/pool"`;
  }
  return declaredFault(module, entry);
}

/** Code that runs in production may not live on a development dependency. */
function declaredFault(module, entry) {
  const { manifest } = module;
  const name = packageOf(entry.name);
  const runs = { ...manifest.dependencies, ...manifest.peerDependencies };
  // Bundled: everything it uses is needed to build it, nothing to run it.
  const isBundled = module.room === 'apps/dashboard';
  if (name in runs || (entry.typeOnly && `@types/${name}` in (manifest.devDependencies ?? {})))
    return undefined;
  const mayUseDev = isTest(module) || isBundled || entry.typeOnly || /\.config\.ts$/.test(module.file);
  if (mayUseDev && name in (manifest.devDependencies ?? {})) return undefined;
  if (isTest(module) && name === '@jest/globals') return undefined;
  return `"${name}" is not in the dependencies of ${module.room}/package.json`;
}

/** How a stage gets to the queue through modules of its own package, if it does. */
function wayToQueue(start, modules) {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const seen = new Set([start.file]);
  const open = [{ module: start, way: [start.file], line: 1 }];
  for (const { module, way, line } of open) {
    for (const entry of module.imports) {
      const first = module === start ? entry.line : line;
      if (PIPELINE_NEVER.test(entry.name)) return { way: [...way, entry.name], line: first };
      const next = byFile.get(entry.target ?? '');
      if (next === undefined || seen.has(next.file)) continue;
      seen.add(next.file);
      open.push({ module: next, way: [...way, next.file], line: first });
    }
  }
  return undefined;
}

/** Tests, what only they use, and the contract suites that every implementation of an interface runs. */
function isTest({ file }) {
  return /\.test(-support)?\.[jt]sx?$|-(contract|fixture)\.ts$|\/(fixtures|testing|bench)\//.test(file);
}

function packageOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
