import type { Lifecycle } from '../lifecycle.ts';
import { ConfigError } from './config-error.ts';

/** `EX_CONFIG` of sysexits.h. */
export const EXIT_BAD_CONFIG = 78;

/** Runs `read`; a `ConfigError` is printed to stderr and ends the process with 78. */
export function exitOnBadConfig<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_BAD_CONFIG);
  }
}

/**
 * Says what is wrong with a variable that only its use could tell, in the words of a `ConfigError`, and ends the process with
 * 78 in order.
 */
export function exitOnUnusable(lifecycle: Lifecycle, variable: string, message: string): Promise<never> {
  process.stderr.write(`${new ConfigError([{ variable, message }]).message}\n`);
  return lifecycle.shutdown(`${variable} cannot be used`, EXIT_BAD_CONFIG);
}
