import { loadavg } from 'node:os';
import type { AuditPicture, AuditView } from '@image-studio/contract';
import { cleanListing, faultyListing, PLANTED, type Planted } from '@image-studio/imaging/testing';
import { deploy } from '@image-studio/testkit/deployment';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';

/** What each kind is called, by which profile; `gone` is a broken link. */
const CALLED: Record<Planted | 'gone', string> = {
  tooSmall: 'amazon longerSide',
  small: 'google-merchant shorterSide',
  wrongRatio: 'walmart ratio',
  notWhite: 'amazon background',
  text: 'amazon text',
  watermark: 'amazon text',
  frame: 'amazon frame',
  placeholder: 'amazon placeholder',
  wrongType: 'amazon image',
  tooManyBytes: 'amazon bytes',
  animated: 'amazon still',
  cmyk: 'amazon colourSpace',
  productTooSmall: 'amazon fill',
  gone: 'amazon link',
};
const KINDS = [...PLANTED, 'gone'] as const;
/** Different files of each kind; each is served at many addresses. */
const VARIANTS = 12;
const CLEAN_SHARE = 0.1;
/** Pictures between two kills: by the clock, a busy machine would get nothing done between them. */
const KILL_EVERY = 250;

/**
 * `npm run bench -- audit [pictures]`: a shop of 5,000 pictures, a tenth of them clean and the others with planted faults, measured by two workers
 * of which one is killed after every 250. Prints what was missed, what was found in clean pictures, and how long it took.
 */
export async function benchAudit([asked = '5000']: string[]): Promise<void> {
  const count = Number(asked);
  const supplier = await startSupplier();
  const studio = await deploy({ workers: 2, env: { JOB_LOCK_MS: '3000' } });
  const want = new Map<string, Planted | 'gone' | null>();
  const files = new Map<string, Buffer>();
  for (const kind of [...PLANTED, null]) {
    for (let n = 0; n < VARIANTS; n++) {
      files.set(`${kind} ${n}`, kind === null ? await cleanListing(n) : await faultyListing(n, kind));
    }
  }
  for (let n = 0; n < count; n++) {
    const kind = n < CLEAN_SHARE * count ? null : (KINDS[n % KINDS.length] as Planted | 'gone');
    const url = `/${n}/${String(kind)}.jpg`;
    const file = files.get(`${kind} ${n % VARIANTS}`);
    want.set(file ? supplier.serve(url, file) : `${supplier.origin}${url}`, kind);
  }
  // Files that are served lie in this process: what is told of the workers is theirs.
  console.log(`${count} pictures, ${files.size} files; load ${loadavg()[0]?.toFixed(1)}`);
  const skus = [...want.keys()].map((url, n) => ({ sku: `sku-${n}`, images: [{ url }] }));
  const started = performance.now();
  const { id } = (await (
    await studio.post('/api/v1/audits', { profiles: ['amazon', 'google-merchant', 'walmart'], skus })
  ).json()) as AuditView;
  let kills = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const audit = (await (await studio.get(`/api/v1/audits/${id}`)).json()) as AuditView;
    if (audit.status !== 'running') break;
    if (audit.pictures.measured < (kills + 1) * KILL_EVERY) continue;
    const [victim] = studio.workers.filter(
      ({ child }) => child.exitCode === null && child.signalCode === null,
    );
    victim?.child.kill('SIGKILL');
    studio.startWorker({ JOB_LOCK_MS: '3000' });
    kills += 1;
    console.log(`${audit.pictures.measured} measured, ${kills} workers killed`);
  }
  const seconds = (performance.now() - started) / 1000;
  const missed = new Map<string, number>();
  const wrong: string[] = [];
  let seen = 0;
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const page = (await (
      await studio.get(`/api/v1/audits/${id}/pictures?limit=200&cursor=${cursor}`)
    ).json()) as {
      items: AuditPicture[];
      nextCursor: string | null;
    };
    for (const { url, faults } of page.items) {
      seen += 1;
      const kind = want.get(url) ?? null;
      const names = faults.map(({ profile, rule }) => `${profile} ${rule}`);
      if (kind === null && names.length > 0) wrong.push(`${url}: ${names.join(', ')}`);
      if (kind !== null && !names.includes(CALLED[kind])) missed.set(kind, (missed.get(kind) ?? 0) + 1);
    }
    cursor = page.nextCursor;
  }
  const { callsLastMinute } = (await (await studio.get('/api/v1/quota')).json()) as {
    callsLastMinute: number;
  };
  console.log(
    `${seen} of ${count} pictures in ${seconds.toFixed(0)} s (${(count / seconds).toFixed(1)} a second), ${kills} workers killed, ${callsLastMinute} calls`,
  );
  console.log(`missed: ${[...missed].map(([kind, n]) => `${n} × ${kind}`).join(', ') || 'none'}`);
  console.log(
    `found in clean pictures: ${wrong.length}${wrong
      .slice(0, 5)
      .map((line) => `\n  ${line}`)
      .join('')}`,
  );
  await studio.close();
  await supplier.close();
}
