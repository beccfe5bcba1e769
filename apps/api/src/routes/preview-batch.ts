import { type BatchOptions, MAX_BODY_BYTES, type PullSource, Sentence } from '@image-studio/contract';
import { z } from 'zod';
import { type Fault, faultsIn, ProblemError } from '../http/problem-error.ts';
import { type BodyReader, type Route, route } from '../http/route.ts';
import { quoteBatch } from '../quote-batch.ts';
import { orFaults, previewSubmission, sampleOf } from '../submission/preview-submission.ts';
import { refuseUncomparable } from '../submission/refuse-uncomparable.ts';
import { knowsPhotosOf } from '../submission/refuse-unknown-photos.ts';
import { SUBMISSION_TYPES } from '../submission/submission-body.ts';
import { warnOfModels } from '../submission/warn-of-models.ts';
import { Warning } from '../submission/warning.ts';
import type { RouteContext } from './context.ts';
import { CheckedQuote, quotePull } from './quote-batch.ts';

const PreviewAnswer = z
  .object({
    format: z.enum(['json', 'csv', 'tsv', 'xlsx', 'xml']),
    dialect: z.string().optional(),
    label: z.string().optional(),
    encoding: z.string().optional(),
    sheets: z.array(z.string()).optional(),
    columns: z.array(
      z.object({
        heading: z.string(),
        is: z.enum(['sku', 'main', 'image', 'imageName', 'position', 'attribute', 'ignored']),
        name: z.string().optional(),
        samples: z.array(z.string()),
      }),
    ),
    rows: z.array(z.object({ line: z.int(), cells: z.array(z.string()) })),
    skus: z.int().nullable(),
    photos: z.int().nullable(),
    warnings: z.array(Warning),
    faults: z.array(
      z.object({
        path: z.string(),
        message: z.string(),
        sentence: Sentence.optional(),
        code: z.string().optional(),
      }),
    ),
    quote: CheckedQuote.nullable(),
  })
  .meta({ id: 'SubmissionPreview' });

type Preview = Awaited<ReturnType<typeof previewSubmission>>;

const anyBody = ({ api, outgoing }: Pick<RouteContext, 'api' | 'outgoing'>): BodyReader<Preview> => ({
  content: SUBMISSION_TYPES,
  contentDecides: true,
  required: true,
  maxBytes: MAX_BODY_BYTES,
  read: ({ bytes }, mediaType, query, { tenant }) =>
    previewSubmission(bytes, mediaType, query, outgoing, knowsPhotosOf(api, tenant)),
});

/** `POST /batches/preview`: what a submission holds, costs, and gets wrong, as one answer; nothing is enqueued. */
export function previewBatch(context: RouteContext): Route {
  const { api, planFor, outgoing, catalogue } = context;
  return route({
    method: 'post',
    path: '/batches/preview',
    operationId: 'previewBatch',
    tag: 'batches',
    summary: 'What a submission holds (columns, first rows, counts), its quote, and its faults; for forms',
    role: 'viewer',
    query: z.record(z.string(), z.string()),
    body: anyBody({ api, outgoing }),
    answers: { 200: { description: 'With faults there is no quote', schema: PreviewAnswer } },
    problems: { 413: 'Larger than 20 MB' },
    async handle({ body: { preview, draft }, principal: { tenant } }) {
      if (draft?.source !== undefined) {
        const body = await previewPull(context, tenant, draft.options, draft.source);
        return { status: 200, body: { ...preview, ...body } };
      }
      if (!draft) return { status: 200, body: { ...preview, quote: null } };
      const planOf = (asked: BatchOptions) => planFor(tenant, asked);
      const faults: Fault[] = [];
      const plan = await orFaults(faults, async () => {
        refuseUncomparable(draft.options, planOf, draft.skus.length);
        return planOf(draft.options);
      });
      if (plan === null) return { status: 200, body: { ...preview, faults, quote: null } };
      const { batchPriceFactor } = context.traitsOf(draft.options);
      const quote = await quoteBatch(api, { tenant, plan, batchPriceFactor }, draft.options, draft.skus);
      const warnings = [...draft.warnings, ...warnOfModels(draft, plan, catalogue)];
      return { status: 200, body: { ...preview, quote: { ...quote, warnings } } };
    },
  });
}

/** A feed by its address, as the SKUs that would be made of it. */
async function previewPull(
  context: RouteContext,
  tenant: string,
  options: BatchOptions,
  source: PullSource,
): Promise<Partial<Preview['preview']> & Pick<z.infer<typeof PreviewAnswer>, 'quote'>> {
  try {
    const found = await quotePull(context, tenant, options, source);
    const { quote, dialect, items, changed, photos, sample, warnings } = found;
    const pulled = { items, changed };
    const shown = { dialect, skus: changed, photos, warnings, ...sampleOf(sample) };
    return { ...shown, quote: { ...quote, dialect, warnings, pulled } };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { skus: null, photos: null, faults: faultsIn(error, 'source'), quote: null };
  }
}
