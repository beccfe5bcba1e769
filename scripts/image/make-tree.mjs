import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../up/root.mjs';
import { withoutNpm } from '../up/without-npm.mjs';

/** The processes that the image runs. Everything else in it is there because one of them needs it. */
const APPS = ['apps/api', 'apps/worker'];

/** What a build leaves beside the program: types, notes of the compiler, what tests use. */
const LEFT_OUT = /\.d\.ts(\.map)?$|\.tsbuildinfo$|\.test\.[a-z.]+$|\/testing$/;

/** Installed because a library can say its types with them (the compiler alone takes 31 MB), or for `npm start` only. */
const NOT_RUN = /^(typescript|@typescript\+.*|@types\+.*|redis-memory-server)@/;

/** Of Swagger UI, the page at `/docs` loads one script and one style; the rest is 10 MB of the same for other uses. */
const SWAGGER_UI = /^(package\.json|LICENSE|NOTICE|swagger-ui\.css|swagger-ui-bundle\.js(\.LICENSE\.txt)?)$/;

/**
 * Lays out the files of the image in `out`: the two processes as they are built in this clone, the dashboard, the packages that
 * they are made of, and of what is installed only what those need at run time. Takes everything from pnpm's store, so it works
 * offline after an install or a `pnpm fetch`. Throws when something is missing.
 */
export function makeTree(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const packages = readPackages();
  installInto(out, packages);
  const wanted = closureOf(APPS, packages);
  for (const { folder } of packages) {
    if (wanted.has(folder)) copyBuilt(`${folder}/dist`, out);
    else rmSync(join(out, folder), { recursive: true, force: true });
  }
  copyBuilt('apps/dashboard/dist', out);
  cpSync(join(ROOT, 'scripts/image/health-check.mjs'), join(out, 'health-check.mjs'));
  cpSync(join(ROOT, 'LICENSE'), join(out, 'LICENSE'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) rmSync(join(out, file));
  const { name, version, license, type } = readManifest('.');
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ name, version, license, type })}\n`);
}

/** Every workspace package: its folder, its name, and the packages of this workspace that it needs at run time. */
function readPackages() {
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`),
  );
  return [...folders, 'e2e', 'bench']
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
    .map((folder) => {
      const { name, dependencies = {} } = readManifest(folder);
      const needs = Object.keys(dependencies).filter((other) => dependencies[other].startsWith('workspace:'));
      return { folder, name, needs };
    });
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
}

/** The folders of `apps` and of all packages that they are made of. */
function closureOf(apps, packages) {
  const found = new Set();
  const visit = ({ folder, needs }) => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const name of needs) visit(packages.find((one) => one.name === name));
  };
  for (const app of apps) visit(packages.find(({ folder }) => folder === app));
  return found;
}

/** What is installed at run time, and nothing that only tests or builds need. */
function installInto(out, packages) {
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    cpSync(join(ROOT, file), join(out, file));
  }
  for (const { folder } of packages) {
    mkdirSync(join(out, folder), { recursive: true });
    cpSync(join(ROOT, folder, 'package.json'), join(out, folder, 'package.json'));
  }
  const { packageManager } = readManifest('.');
  const filters = APPS.flatMap((app) => ['--filter-prod', `${readManifest(app).name}...`]);
  // Copied: the tree must not share its files with the store.
  const options = ['--prod', '--frozen-lockfile', '--offline', '--config.package-import-method=copy'];
  const { status, error } = spawnSync('npx', ['--yes', packageManager, 'install', ...options, ...filters], {
    cwd: out,
    env: { ...withoutNpm(process.env), CI: 'true' },
    stdio: ['ignore', 2, 2],
  });
  if (error || status !== 0) throw new Error(`pnpm could not install into ${out}`, { cause: error });
  const store = join(out, 'node_modules/.pnpm');
  for (const name of readdirSync(store)) {
    if (NOT_RUN.test(name)) rmSync(join(store, name), { recursive: true });
    if (name.startsWith('swagger-ui-dist@')) {
      const folder = join(store, name, 'node_modules/swagger-ui-dist');
      for (const file of readdirSync(folder)) if (!SWAGGER_UI.test(file)) rmSync(join(folder, file));
    }
  }
  for (const name of readdirSync(out, { recursive: true })) {
    const link = join(out, name);
    // Node 20 lists what lies behind links, too: such a link may have been removed at its own place.
    const isLink = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    if (isLink && !existsSync(link)) rmSync(link);
  }
}

function copyBuilt(folder, out) {
  if (!existsSync(join(ROOT, folder))) throw new Error(`${folder} is not there: run \`npm run build\` first`);
  cpSync(join(ROOT, folder), join(out, folder), {
    recursive: true,
    filter: (source) => !LEFT_OUT.test(source),
  });
}
