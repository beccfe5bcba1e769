import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nobody reads what passes: without this axe looks for a selector of each of those elements, too. */
const ONLY_VIOLATIONS = `resultTypes: ['violations']`;
const RUN_AXE = `axe.run({ ${ONLY_VIOLATIONS}, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`;
/** The rules about colours: by night the same page has others, and nothing else. */
const RUN_COLOURS = `axe.run({ ${ONLY_VIOLATIONS}, runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } })`;

/** Runs in the page, before its own scripts. */
const WATCH_LAYOUT = `
  globalThis.layoutShifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      const moved = sources.map(({ node }) => node && (node.className || node.nodeName)).join(', ');
      if (!hadRecentInput) layoutShifts.push({ value, moved });
    }
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** A page that writes down what nobody may see: console errors, failed scripts, shifts of the layout. */
export interface WatchedPage {
  page: Page;
  /** Errors of the console and of scripts since the last call. */
  faults(): string[];
  /** Movements of the layout that nobody asked for, since the last call: how much (1 is the whole screen), and what. */
  layoutShifts(): Promise<{ value: number; moved: string }[]>;
  /** What axe finds against WCAG 2.2 A and AA and its best practices, as `rule: element`. */
  barriers(): Promise<string[]>;
  /** The same in light and in dark: contrast is all that the theme changes. */
  barriersByDayAndNight(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openWatchedPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.addInitScript({ content: WATCH_LAYOUT });
  const barriers = async (run = RUN_AXE): Promise<string[]> => {
    // What is still on its way pulses, and is as pale as it is meant to be.
    // Not with `waitForFunction`, which evaluates a string in the page when it looks again: our policy forbids that.
    await page.locator('.waiting-room').first().waitFor({ state: 'detached' });
    // Another room may come while axe looks, which takes seconds on a busy machine: without motion nothing is paler than it is meant to be.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    // Half a megabyte, once a document.
    if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResult>(run);
    await page.emulateMedia({ reducedMotion: null });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  };
  return {
    page,
    faults: () => faults.splice(0),
    layoutShifts: () => page.evaluate('layoutShifts.splice(0)'),
    barriers: () => barriers(),
    async barriersByDayAndNight() {
      const found: string[] = [];
      for (const [colorScheme, run] of [
        ['light', RUN_AXE],
        ['dark', RUN_COLOURS],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        found.push(...(await barriers(run)).map((barrier) => `${colorScheme}: ${barrier}`));
      }
      return found;
    },
    close: () => context.close(),
  };
}

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}
