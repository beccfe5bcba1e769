import {
  findProfile,
  MAX_BODY_BYTES,
  PROFILES,
  type PullSource,
  SkuInput,
  PullSource as Source,
  say,
} from '@image-studio/contract';
import { z } from 'zod';
import { faultsOf } from '../http/faults-of.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { BodyReader } from '../http/route.ts';
import { splitJson } from '../http/split-json.ts';
import type { BatchDraft } from '../submission/batch-draft.ts';
import { createFaultList } from '../submission/fault-list.ts';
import { readTableBody } from '../submission/read-table-body.ts';
import { refuseTooMany } from '../submission/refuse-too-many.ts';
import { isJsonBody, SUBMISSION_TYPES } from '../submission/submission-body.ts';
import { TableReadingQuery, toTableOptions } from '../submission/table-query.ts';

/** How a table is read, and what its pictures are held against: names of profiles separated by commas. */
export const AuditQuery = TableReadingQuery.extend({
  profile: z.string().max(400).optional(),
  name: z.string().min(1).max(200).optional(),
}).strict();
type AuditQuery = z.infer<typeof AuditQuery>;

const Head = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  profile: z.string().max(400).optional(),
  profiles: z.array(z.string().max(64)).max(PROFILES.length).optional(),
  source: Source.optional(),
});

const AuditRequest = Head.extend({ skus: z.array(SkuInput).min(1).optional() }).meta({ id: 'AuditRequest' });

/** A submission of an audit. */
export interface AuditDraft extends Pick<BatchDraft, 'skus' | 'columns' | 'table' | 'kept'> {
  name: string | null;
  profiles: string[];
  source?: PullSource;
}

/** Reads what `POST /audits` takes: a table of any kind with the profiles in the query, or JSON with `skus` or `source`. */
export const auditBody: BodyReader<AuditDraft> = {
  content: { ...SUBMISSION_TYPES, 'application/json': AuditRequest },
  contentDecides: true,
  required: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }, mediaType, query) {
    const { profile, name, ...reading } = query as AuditQuery;
    if (isJsonBody(bytes, mediaType)) return readJson(bytes, profile, name);
    const table = await readTableBody(bytes, toTableOptions(reading));
    return { ...table, name: name ?? null, profiles: profilesOf(profile?.split(',')) };
  },
};

async function readJson(
  bytes: Buffer,
  asked: string | undefined,
  named: string | undefined,
): Promise<AuditDraft> {
  const document = await splitJson(bytes, ['skus']);
  try {
    refuseTooMany(document.length ?? 0);
    const faults = createFaultList();
    const { skus: _, ...rest } = (document.rest ?? {}) as Record<string, unknown>;
    const head = Head.safeParse(rest);
    if (!head.success) faults.add(...faultsOf(head.error));
    const skus: SkuInput[] = [];
    let index = 0;
    for await (const chunk of document.chunks) {
      for (const item of chunk) {
        const sku = SkuInput.safeParse(item);
        if (sku.success) skus.push(sku.data);
        else faults.add(...faultsOf(sku.error, ['skus', index]));
        index += 1;
      }
      if (faults.full) break;
    }
    const source = head.data?.source;
    if (source === undefined && skus.length === 0 && !faults.full)
      faults.add({ path: 'skus', ...say`must hold at least one SKU, unless there is a "source"` });
    faults.throwIfAny();
    const { name, profile, profiles } = head.data ?? {};
    return {
      name: named ?? name ?? null,
      profiles: profilesOf(asked?.split(',') ?? profiles ?? profile?.split(',')),
      skus,
      ...(source && { source }),
    };
  } finally {
    await document.close();
  }
}

/** Throws 422 for none, and for a name that no profile has. */
function profilesOf(names: readonly string[] = []): string[] {
  const profiles = [...new Set(names.map((name) => name.trim()).filter(Boolean))];
  const unknown = profiles.filter((name) => !findProfile(name));
  if (profiles.length > 0 && unknown.length === 0) return profiles;
  const known = PROFILES.map(({ id }) => id).join(', ');
  const said =
    profiles.length === 0
      ? say`is required: names of profiles, of ${known}`
      : say`is ${JSON.stringify(unknown[0])}, which is none of ${known}`;
  throw new ProblemError(422, 'UNKNOWN_PROFILE', `profile ${said.message}.`, {
    errors: [{ path: 'profile', ...said }],
  });
}
