import { lazyPart } from './ui/lazy-part.tsx';

export const AuditPage = lazyPart(async () => (await import('./audits/audit-page.tsx')).AuditPage);
export const AuditsPage = lazyPart(async () => (await import('./audits/audits-page.tsx')).AuditsPage);
export const BatchPage = lazyPart(async () => (await import('./batch/batch-page.tsx')).BatchPage);
export const FleetPage = lazyPart(async () => (await import('./fleet/fleet-page.tsx')).FleetPage);
export const HelpPage = lazyPart(async () => (await import('./help/help-page.tsx')).HelpPage);
export const SubmitPage = lazyPart(async () => (await import('./submit/submit-page.tsx')).SubmitPage);

const PAGES = [
  { hash: /^#\/audits\/./, page: AuditPage },
  { hash: /^#\/audits/, page: AuditsPage },
  { hash: /^#\/batches\/./, page: BatchPage },
  { hash: /^#\/fleet/, page: FleetPage },
  { hash: /^#\/help/, page: HelpPage },
  { hash: /^#\/new/, page: SubmitPage },
];

/** Fetches the code of the page at `hash`; `null` when it is there already, as that of the list of batches always is. */
export function loadPage(hash: string): Promise<void> | null {
  const page = PAGES.find((one) => one.hash.test(hash))?.page;
  return page && !page.isLoaded() ? page.load() : null;
}
