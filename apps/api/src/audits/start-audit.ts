import { MAX_AUDIT_PICTURES, type SkuInput, say } from '@image-studio/contract';
import { chooseSources } from '@image-studio/planning';
import { newAuditId, picturesOf } from '@image-studio/queue';
import { tableKey } from '@image-studio/storage';
import { keepSubmittedTable } from '../export/keep-submitted-table.ts';
import { ProblemError } from '../http/problem-error.ts';
import { readFeedSource } from '../pull/pull-feed.ts';
import type { RouteContext } from '../routes/context.ts';
import { lintAddresses } from '../submission/lint-addresses.ts';
import type { Warning } from '../submission/warning.ts';
import type { AuditDraft } from './audit-body.ts';

/** Audits of a tenant that go on at once: their parts have turns, and further ones would only wait. */
const MOST_OPEN = 10;
/** Longer than a large feed takes, and shorter than proxies wait. */
const PULL_TIMEOUT_MS = 10 * 60_000;

/** Records an audit of what was submitted; the workers begin at once. Returns its id. Throws 422 for too many pictures, 429 for too many audits. */
export async function startAudit(context: RouteContext, draft: AuditDraft, tenant: string): Promise<string> {
  const { api, store, outgoing } = context;
  if ((await api.openAudits(tenant)) >= MOST_OPEN) {
    throw new ProblemError(
      429,
      'TOO_MANY_AUDITS',
      `${MOST_OPEN} audits are going on; wait for one of them, or delete it.`,
      { headers: { 'retry-after': '30' } },
    );
  }
  const read = draft.source === undefined ? submitted(draft) : await pulled(context, draft, tenant);
  const { skus, columns, dialect } = read;
  const pictures = picturesOf(skus, (sku, url) => mainOf(sku) === url);
  if (pictures.length > MAX_AUDIT_PICTURES) {
    const said = say`hold ${pictures.length} different pictures, an audit takes ${MAX_AUDIT_PICTURES}`;
    throw new ProblemError(422, 'TOO_MANY_PICTURES', `The SKUs ${said.message}.`, {
      errors: [{ path: 'skus', ...said }],
    });
  }
  const id = newAuditId();
  const warnings = [...read.warnings, ...(await lintAddresses(skus, outgoing))];
  if (draft.kept !== undefined) {
    const kept = await keepSubmittedTable(store, id, draft.kept).then(
      () => true,
      () => false,
    );
    if (!kept)
      warnings.push({
        path: 'table',
        ...say`could not be kept, because the object store is away: the result will not have its own rows`,
      });
  }
  const { name, profiles } = draft;
  try {
    await api.createAudit({ id, tenant, name, profiles, dialect, skus, pictures, columns, warnings });
  } catch (error) {
    if (draft.kept !== undefined) await store.delete(tableKey(id)).catch(() => {});
    throw error;
  }
  return id;
}

interface Read {
  skus: SkuInput[];
  columns: { heading: string; name: string }[];
  dialect: string;
  warnings: Warning[];
}

function submitted({ skus, columns = [], table }: AuditDraft): Read {
  return { skus, columns, dialect: table?.dialect ?? 'json', warnings: table?.warnings ?? [] };
}

async function pulled(
  { fetchFeed, pulls }: RouteContext,
  { source }: AuditDraft,
  tenant: string,
): Promise<Read> {
  const leave = pulls.enter(tenant);
  try {
    const skus: SkuInput[] = [];
    let pictures = 0;
    const signal = AbortSignal.timeout(PULL_TIMEOUT_MS);
    const { dialect, columns, warnings } = await readFeedSource(
      fetchFeed(source?.feedUrl ?? '', signal),
      async (sku) => {
        skus.push(sku);
        pictures += sku.images.length;
        // Held as a whole: what the bound on pictures allows, and as much again for those that are shared.
        if (pictures > 2 * MAX_AUDIT_PICTURES) {
          const message = `holds more than ${MAX_AUDIT_PICTURES} pictures, which is what an audit takes`;
          throw new ProblemError(422, 'TOO_MANY_PICTURES', `The feed ${message}.`);
        }
      },
    );
    return { skus, columns, dialect, warnings };
  } finally {
    leave();
  }
}

function mainOf(sku: SkuInput): string {
  return chooseSources(sku).main.url;
}
