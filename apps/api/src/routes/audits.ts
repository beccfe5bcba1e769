import {
  AuditPicture,
  AuditRule,
  AuditView,
  BatchCounts,
  BatchOptions,
  BatchStatus,
  demandKey,
  findProfile,
} from '@image-studio/contract';
import { type AuditState, newBatchId } from '@image-studio/queue';
import { auditThumbKey, tableKey } from '@image-studio/storage';
import { z } from 'zod';
import { AuditQuery, auditBody } from '../audits/audit-body.ts';
import { exportAudit } from '../audits/export-audit.ts';
import { makeBatchOfFailures } from '../audits/make-batch.ts';
import { startAudit } from '../audits/start-audit.ts';
import { viewAudit, viewPicture } from '../audits/view-audit.ts';
import { MEDIA_TYPES } from '../export/write-table.ts';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { BatchPath, PageQuery } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { readIdempotencyKey } from './submit-batch.ts';

const AuditBrief = AuditView.omit({ findings: true, warnings: true }).meta({ id: 'BriefAudit' });
const AuditList = z
  .object({ items: z.array(AuditBrief), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditList' });
const PictureList = z
  .object({ items: z.array(AuditPicture), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditPictures' });

const PicturesQuery = PageQuery.extend({
  /** Pictures with a fault by this profile … */
  profile: z.string().max(64).optional(),
  /** … of this rule … */
  rule: AuditRule.optional(),
  /** … from this day on (ISO date), for a rule that has a date. */
  from: z.string().max(10).optional(),
  level: z.enum(['refused', 'advised']).optional(),
});

/** What a batch of failures is made of, besides the options of any batch. */
const FailuresRequest = BatchOptions.omit({ profile: true })
  .extend({
    /** One of the audit's: whose failures are meant, and what is made. Default: its first. */
    profile: z.string().max(64).optional(),
    /** Only these rules; with them also what is only advised. */
    rules: z.array(AuditRule).min(1).optional(),
    /** Without faults from a later day on (ISO date). */
    until: z.iso.date().optional(),
    /** Counts and makes nothing. */
    dryRun: z.boolean().optional(),
  })
  .meta({ id: 'FailuresRequest' });

const MadeBatch = z
  .object({
    /** `null` when nothing was made: there is nothing to make, or it was a dry run. */
    id: z.string().nullable(),
    status: BatchStatus.optional(),
    counts: BatchCounts.optional(),
    /** SKUs that go into the batch. */
    skus: z.int(),
    /** SKUs of which no picture can be used as a photo: links that are broken, placeholders. At most 100 are named. */
    leftOut: z.object({ count: z.int(), skus: z.array(z.string()) }),
    links: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'BatchOfFailures' });

/** `/audits`: measures the pictures that a shop has today against profiles of marketplaces. No call is made. */
export function auditRoutes(context: RouteContext): Route[] {
  const { api, store, links } = context;
  const found = async (id: string, tenant: string): Promise<AuditState> => {
    const audit = await api.audit(id, tenant);
    if (audit === null) throw new ProblemError(404, 'AUDIT_NOT_FOUND', 'There is no such audit.');
    return audit;
  };
  const today = () => new Date().toISOString().slice(0, 10);
  const codesOf = async (id: string, places: readonly number[]) => {
    const wanted = [...new Set(places)];
    const skus = await api.auditSkus(id, wanted);
    return new Map(wanted.map((place, at) => [place, skus[at]?.sku ?? '']));
  };
  const shown = async (state: AuditState): Promise<AuditView> => {
    const places = [...new Set(state.findings.flatMap(({ examples }) => examples))];
    const examples = new Map(
      (await api.auditPicturesAt(state.id, places)).map((picture) => [picture.index, picture]),
    );
    const codes = await codesOf(
      state.id,
      [...examples.values()].flatMap(({ skus }) => skus.slice(0, 1)),
    );
    return viewAudit(state, { examples, codes, links, today: today() });
  };

  return [
    route({
      method: 'post',
      path: '/audits',
      operationId: 'startAudit',
      tag: 'audits',
      summary:
        'Measure the pictures that a shop has, given as a table or feed, against profiles of marketplaces; no call is made and nothing is paid',
      role: 'operator',
      query: AuditQuery,
      body: auditBody,
      answers: { 202: { description: 'Recorded; `Location` names the audit', schema: AuditView } },
      problems: {
        413: 'Larger than 20 MB',
        422: 'Cannot be taken, names no profile, or holds too many pictures',
        429: 'Too many audits go on',
      },
      async handle({ body, principal }) {
        const id = await startAudit(context, body, principal.tenant);
        const state = await found(id, principal.tenant);
        return { status: 202, body: await shown(state), headers: { location: links.audit(id).self ?? '' } };
      },
    }),
    route({
      method: 'get',
      path: '/audits',
      operationId: 'listAudits',
      tag: 'audits',
      summary: 'Audits, newest first',
      role: 'viewer',
      query: PageQuery,
      answers: { 200: { description: 'One page', schema: AuditList } },
      async handle({ query, principal }) {
        const { items, nextCursor } = await api.audits(principal.tenant, query);
        const views = await Promise.all(
          items.map((item) =>
            viewAudit(
              { ...item, findings: [] },
              { examples: new Map(), codes: new Map(), links, today: today() },
            ),
          ),
        );
        const brief = views.map(({ findings: _, warnings: __, ...view }) => view);
        return { status: 200, body: { items: brief, nextCursor } };
      },
    }),
    route({
      method: 'get',
      path: '/audits/:id',
      operationId: 'getAudit',
      tag: 'audits',
      summary: 'How far an audit has come, and what was found: faults by rule, with examples and dates',
      role: 'viewer',
      params: BatchPath,
      answers: { 200: { description: 'The audit', schema: AuditView } },
      problems: { 404: 'No such audit' },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await shown(await found(params.id, principal.tenant)),
      }),
    }),
    route({
      method: 'get',
      path: '/audits/:id/pictures',
      operationId: 'listAuditPictures',
      tag: 'audits',
      summary: 'What was measured of each picture, and what it fails',
      role: 'viewer',
      params: BatchPath,
      query: PicturesQuery,
      answers: { 200: { description: 'One page, in the order of the table', schema: PictureList } },
      problems: { 404: 'No such audit' },
      async handle({ params, query, principal }) {
        const { id } = await found(params.id, principal.tenant);
        const { cursor, limit, profile, rule, from, level } = query;
        const demand = rule === undefined ? undefined : keyOf(profile, { rule, from, level });
        const page = await api.auditPictures(id, {
          ...{ profile: demand === undefined ? profile : (profile ?? ''), demand, limit },
          cursor: Number(cursor ?? 0) || 0,
        });
        const codes = await codesOf(
          id,
          page.items.flatMap(({ skus }) => skus),
        );
        const items = page.items.map((item) => viewPicture(item, codes, today()));
        return {
          status: 200,
          body: { items, nextCursor: page.nextCursor === null ? null : String(page.nextCursor) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/audits/:id/export',
      operationId: 'exportAudit',
      tag: 'audits',
      summary: 'The submitted table with what was found in two more columns',
      role: 'viewer',
      isDownload: true,
      params: BatchPath,
      query: z.object({
        format: z.enum(['csv', 'tsv', 'xlsx']).optional(),
        rows: z.enum(['all', 'failing']).default('all'),
        language: z.enum(['en', 'zh']).default('en'),
      }),
      answers: {
        200: { description: 'CSV, TSV or XLSX, streamed', mediaType: Object.values(MEDIA_TYPES) },
      },
      problems: { 404: 'No such audit' },
      async handle({ params, query, principal }) {
        const audit = await found(params.id, principal.tenant);
        const made = await exportAudit({ api, store }, audit, {
          ...query,
          format: query.format,
          today: today(),
        });
        return {
          status: 200,
          headers: {
            'content-type': made.mediaType,
            'content-disposition': `attachment; filename="audit-${audit.id}.${made.extension}"`,
          },
          stream: made.stream,
        };
      },
    }),
    route({
      method: 'post',
      path: '/audits/:id/batch',
      operationId: 'makeBatchOfFailures',
      tag: 'audits',
      summary: 'Make a batch of the SKUs whose pictures fail, with the photos among them that can be used',
      role: 'operator',
      params: BatchPath,
      body: { ...jsonBody(FailuresRequest), required: false },
      answers: {
        200: { description: 'Nothing was made: a dry run, or nothing that could be', schema: MadeBatch },
        202: { description: 'Recorded; `Location` names the batch', schema: MadeBatch },
      },
      problems: { 404: 'No such audit', 422: 'Does not fit' },
      async handle({ params, body, headers, principal }) {
        const audit = await found(params.id, principal.tenant);
        const key = readIdempotencyKey(headers['idempotency-key']);
        const made = await makeBatchOfFailures(context, audit, FailuresRequest.parse(body ?? {}), {
          id: newBatchId(),
          today: today(),
          idempotencyKey: key,
        });
        if (made.batch === null) {
          return { status: 200, body: { id: null, skus: made.skus, leftOut: made.leftOut } };
        }
        const { id, status, counts } = made.batch;
        return {
          status: 202,
          headers: { location: links.batch(id) },
          body: { id, status, counts, skus: made.skus, leftOut: made.leftOut, links: links.batchLinks(id) },
        };
      },
    }),
    route({
      method: 'delete',
      path: '/audits/:id',
      operationId: 'deleteAudit',
      tag: 'audits',
      summary: 'Forget an audit; one that goes on stops',
      role: 'operator',
      params: BatchPath,
      answers: { 204: { description: 'Forgotten' } },
      problems: { 404: 'No such audit' },
      async handle({ params, principal }) {
        const { id } = await found(params.id, principal.tenant);
        const examples = await api.deleteAudit(id);
        // Whatever stays when the store is away is never read again.
        const keys = [tableKey(id), ...examples.map((index) => auditThumbKey(id, index))];
        await Promise.all(keys.map((one) => store.delete(one).catch(() => {})));
        return { status: 204 };
      },
    }),
  ];
}

/** A rule without level and date stands for whichever demand of the profile fails. */
function keyOf(
  profile: string | undefined,
  {
    rule,
    from,
    level,
  }: { rule: z.infer<typeof AuditRule>; from: string | undefined; level: 'refused' | 'advised' | undefined },
): string {
  const own = (findProfile(profile ?? '')?.demands ?? []).filter((demand) => demand.rule === rule);
  const known = own.find(
    (demand) =>
      (level === undefined || (demand.level ?? 'refused') === level) &&
      (from === undefined || demand.from === from),
  );
  return known ? demandKey(known) : demandKey({ rule, from, level });
}
