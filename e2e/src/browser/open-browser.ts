import { type Browser, chromium } from 'playwright-core';

/** A closed network, a container and root: no sandbox, no updates, nothing asked of the outside. */
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Exact figures of `performance.memory`, for the test of a long list.
  '--enable-precise-memory-info',
];

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}
