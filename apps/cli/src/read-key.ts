import { readFile } from 'node:fs/promises';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** The key, from a file or the environment. Never from an argument: those can be read by everybody on the machine. */
export async function readKey(file: string | undefined, { env }: Terminal): Promise<string | undefined> {
  const path = file ?? env.STUDIO_KEY_FILE;
  if (path === undefined || path === '') return env.STUDIO_KEY?.trim() || undefined;
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CliError('NO_KEY_FILE', `The key file ${path} cannot be read (${cause.code}).`);
  });
  const key = text.trim();
  if (/\s/.test(key) || key === '')
    throw new CliError('BAD_KEY_FILE', `The key file ${path} must hold one key and nothing else.`);
  return key;
}
