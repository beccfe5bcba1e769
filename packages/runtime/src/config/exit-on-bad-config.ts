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
