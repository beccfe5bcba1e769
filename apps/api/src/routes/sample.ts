import {
  type BatchOptions,
  type BatchPlan,
  BatchView,
  SampleChange,
  SampleChoice,
  SampleView,
} from '@image-studio/contract';
import { z } from 'zod';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { changedOptions } from '../sample/changed-options.ts';
import { type ComparedModel, compareSides, sidesOf } from '../sample/compare-sides.ts';
import { outdatePictures } from '../sample/outdate-pictures.ts';
import { viewSample } from '../sample/view-sample.ts';
import { checkDraft } from '../submission/check-draft.ts';
import { comparedPlan, plansOf } from '../submission/sample-of.ts';
import { Warning } from '../submission/warning.ts';
import { viewBatch } from '../views/view-batch.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const Changed = z
  .object({
    batch: BatchView,
    /** SKUs of the sample that are made again. */
    again: z.int(),
    warnings: z.array(Warning),
  })
  .meta({ id: 'ChangedSample' });

/** What is made first of a batch: to be looked at, and made otherwise. `POST /batches/:id/resume` goes on, `cancel` does not. */
export function sampleRoutes(context: RouteContext): Route[] {
  return [getSample(context), changeSample(context), chooseSide(context)];
}

function getSample(context: RouteContext): Route {
  const { api, links, planFor } = context;
  return route({
    method: 'get',
    path: '/batches/:id/sample',
    operationId: 'getSample',
    tag: 'batches',
    summary:
      'The SKUs that are made first, and what they tell: pass rate, cost of an accepted picture, what the rest takes',
    role: 'viewer',
    params: BatchPath,
    query: z.strictObject({ verdict: z.enum(['true', 'false']).optional() }),
    answers: { 200: { description: 'The sample as it is now', schema: SampleView } },
    problems: { 404: 'No such batch, or all of it is made at once' },
    async handle({ params, query, principal: { tenant } }) {
      const batch = await findBatch(api, params.id, tenant);
      const { sample } = batch;
      if (sample === undefined)
        throw new ProblemError(404, 'NO_SAMPLE', 'All SKUs of this batch are made at once.');
      const plan = (await api.plan(batch.id)) ?? planFor(tenant, batch.options);
      const entries = await api.sample(batch.id);
      const view = await viewSample(api, links, { ...batch, sample }, plan, entries);
      const models = comparedBy(context, tenant, batch.options);
      if (models.length === 0 || sample.state === 'making') return { status: 200, body: view };
      const choices = await api.sampleChoices(batch.id);
      const how = { links, isAsked: query.verdict === 'true' };
      const comparison = await compareSides(batch.id, entries, models, choices, how);
      return { status: 200, body: { ...view, comparison } };
    },
  });
}

function changeSample({ api, links, planFor }: RouteContext): Route {
  return route({
    method: 'patch',
    path: '/batches/:id/sample',
    operationId: 'changeSample',
    tag: 'batches',
    summary:
      'Change words, profile or model of a batch that waits with its sample: what changes of the sample is made again, or the rest is made so',
    role: 'operator',
    params: BatchPath,
    body: jsonBody(SampleChange),
    answers: { 200: { description: 'The batch as it is now', schema: Changed } },
    problems: {
      404: 'No such batch',
      409: 'The batch does not wait with its sample',
      422: 'Does not fit, or asks for what cannot be made',
    },
    async handle({ params, body, principal: { tenant } }) {
      const batch = await findBatch(api, params.id, tenant);
      const [plan, entries] = await Promise.all([api.plan(batch.id), api.sample(batch.id)]);
      const skus = entries.map(({ input }) => input);
      const { warnings } = await checkDraft({
        options: changedOptions(batch.options, body),
        skus,
        bodySha256: '',
      });
      const outcome = await api.changeSample(batch.id, {
        apply: body.apply,
        change(before) {
          const options = changedOptions(before, body);
          const planOf = (asked: BatchOptions) => planFor(tenant, asked);
          // Other words for all models that are compared; a model that is named is the winner.
          const isCompared = body.model === undefined && body.apply === 'sample';
          if (isCompared) return { options, ...plansOf(options, planOf) };
          return { options, plan: chosenPlan(options, plan, planOf) };
        },
        outdate: (entry, { before, ...after }) =>
          outdatePictures(entry, { before: { options: before, plan }, after }),
      });
      if (outcome.verdict !== 'done') throw PROBLEMS[outcome.verdict]();
      const now = viewBatch(await findBatch(api, batch.id, tenant), links);
      return { status: 200, body: { batch: now, again: outcome.again, warnings } };
    },
  });
}

function chooseSide(context: RouteContext): Route {
  const { api } = context;
  return route({
    method: 'put',
    path: '/batches/:id/sample/choices/:sku',
    operationId: 'chooseSide',
    tag: 'batches',
    summary: 'Say which side of a SKU of a comparison is better: 1, 2 …, 0 for none; `null` takes it back',
    role: 'operator',
    params: BatchPath.extend({ sku: z.string() }),
    body: jsonBody(SampleChoice),
    answers: { 200: { description: 'Kept', schema: SampleChoice } },
    problems: { 404: 'No such batch, no models are compared in it, or its sample holds no such SKU' },
    async handle({ params, body: { choice }, principal: { tenant } }) {
      const batch = await findBatch(api, params.id, tenant);
      const entry = (await api.sample(batch.id)).find(({ input }) => input.sku === params.sku);
      const models = comparedBy(context, tenant, batch.options);
      if (entry === undefined || models.length === 0)
        throw new ProblemError(404, 'SKU_NOT_FOUND', 'No models are compared by such a SKU.');
      const side =
        choice === null || choice === 0 ? undefined : sidesOf(batch.id, params.sku, models)[choice - 1];
      if (choice !== null && choice > 0 && side === undefined)
        throw new ProblemError(422, 'INVALID_BODY', `There are ${models.length} sides.`);
      await api.chooseSide(batch.id, entry.index, choice === null ? null : (side?.alias ?? ''));
      return { status: 200, body: { choice } };
    },
  });
}

/** Where models were compared and none was named, the one that made the sample last goes on. */
function chosenPlan(
  options: BatchOptions,
  before: BatchPlan | null,
  planOf: (options: BatchOptions) => BatchPlan,
): BatchPlan {
  // Models that were compared may have gone since; the one that is taken has to be there.
  const { compare, model = before?.alias, ...others } = options;
  return compare === undefined || model === undefined
    ? planOf(options)
    : comparedPlan({ ...others, model }, planOf);
}

/** The models of a comparison, as its pictures name them; none where nothing is compared. */
function comparedBy(
  { planFor }: RouteContext,
  tenant: string,
  { compare = [], ...options }: BatchOptions,
): ComparedModel[] {
  return compare.map((alias) => ({ alias, model: planFor(tenant, { ...options, model: alias }).model }));
}

const PROBLEMS = {
  idle: () => new ProblemError(409, 'SAMPLE_NOT_READY', 'This batch does not wait with its sample.'),
  busy: () => new ProblemError(409, 'SAMPLE_NOT_READY', 'Others change this batch at the moment; try again.'),
};
