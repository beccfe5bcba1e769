import { commandLine } from './command-line.ts';

/**
 * Whether process `pid` is a living Redis or Valkey on `port`, also while it loads or shuts down. Both show their
 * port in their command line.
 */
export async function isRedisProcess(pid: number, port: number): Promise<boolean> {
  const command = await commandLine(pid);
  return /redis|valkey/i.test(command) && new RegExp(`\\b${port}\\b`).test(command);
}
