/** For tests: options of Node with which a child runs a module of this repository from source. */
export const RUN_FROM_SOURCE = [
  '--conditions=source',
  '--import',
  new URL('../../../../scripts/typescript.mjs', import.meta.url).href,
];
