import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { parse } from '@swc/core';

/** Folders of packages: these themselves, or every folder in them. */
const HOMES = [
  { path: 'apps', nested: true },
  { path: 'packages', nested: true },
  { path: 'e2e', nested: false },
  { path: 'bench', nested: false },
];
const SKIPPED = new Set(['node_modules', 'dist', 'catalogue', 'public']);
const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/;

/**
 * Every module of every package below `root`: its path, its room (the package's folder), the names its package may
 * import, its imports and where it touches `process.env`.
 */
export async function findModules(root) {
  const rooms = HOMES.flatMap(({ path, nested }) =>
    nested ? foldersIn(join(root, path)).map((name) => `${path}/${name}`) : [path],
  ).filter((room) => existsSync(join(root, room, 'package.json')));
  const found = rooms.map(async (room) => {
    const manifest = JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8'));
    const files = sourcesIn(join(root, room)).map((path) => relative(root, path).split(sep).join('/'));
    return Promise.all(files.map((file) => readModule(root, room, manifest, file)));
  });
  return (await Promise.all(found)).flat();
}

async function readModule(root, room, manifest, file) {
  const source = readFileSync(join(root, file), 'utf8');
  const syntax = /\.[cm]?tsx?$/.test(file) ? 'typescript' : 'ecmascript';
  const options = { syntax, tsx: file.endsWith('x'), jsx: file.endsWith('x'), target: 'es2023' };
  // swc counts bytes through all files that a process parses, and a tree starts at its first token: a statement of our
  // own in front of everything tells where this file begins.
  const tree = await parse(`;${source.replace(/^#!/, '//')}`, options);
  const lines = lineFinder(source, tree.body[0].span.end);
  const module = { file, room, manifest, imports: [], environment: [] };
  visit(tree, module, lines);
  for (const entry of module.imports) {
    if (entry.name.startsWith('.')) entry.target = join(dirname(file), entry.name).split(sep).join('/');
  }
  return module;
}

function visit(node, module, lines) {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, module, lines);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const name = importedName(node);
  if (name !== undefined) {
    module.imports.push({ name, typeOnly: isTypeOnly(node), line: lines(node.span.start) });
  }
  if (isProcessEnv(node)) module.environment.push(lines(node.span.start));
  for (const child of Object.values(node)) visit(child, module, lines);
}

/** What a node imports: declarations, re-exports, `import()`, `require()`, `typeof import()`, `import x = require()`. */
function importedName(node) {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return node.source.value;
    case 'ExportNamedDeclaration':
      return node.source?.value;
    case 'CallExpression': {
      const isImport = node.callee.type === 'Import' || node.callee.value === 'require';
      const first = node.arguments[0]?.expression;
      return isImport && first?.type === 'StringLiteral' ? first.value : undefined;
    }
    case 'TsImportType':
      return node.argument.value ?? node.argument.literal?.value;
    case 'TsExternalModuleReference':
      return node.expression.value;
    default:
      return undefined;
  }
}

function isTypeOnly(node) {
  if (node.type === 'TsImportType' || node.typeOnly === true) return true;
  const specifiers = node.specifiers ?? [];
  return specifiers.length > 0 && specifiers.every((specifier) => specifier.isTypeOnly === true);
}

/** `process.env`, `process['env']`, and `const { env } = process`. */
function isProcessEnv(node) {
  if (node.type === 'MemberExpression' && node.object.value === 'process') {
    return node.property.value === 'env' || node.property.expression?.value === 'env';
  }
  if (
    node.type === 'VariableDeclarator' &&
    node.init?.value === 'process' &&
    node.id.type === 'ObjectPattern'
  ) {
    return node.id.properties.some((property) => property.key?.value === 'env');
  }
  return false;
}

function lineFinder(source, start) {
  const bytes = Buffer.from(source);
  return (position) => {
    let line = 1;
    for (let index = 0; index < position - start && index < bytes.length; index += 1) {
      if (bytes[index] === 10) line += 1;
    }
    return line;
  };
}

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

function foldersIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
