import { defined, SkuInput, SkuView } from '@image-studio/contract';
import { z } from 'zod';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { createFaultList } from '../submission/fault-list.ts';
import { lintAddresses } from '../submission/lint-addresses.ts';
import { knowsPhotosOf, refuseUnknownPhotos } from '../submission/refuse-unknown-photos.ts';
import { viewSku } from '../views/view-sku.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const { images, photoOrder, attributes } = SkuInput.shape;
const SkuChange = z
  .strictObject({ images: images.optional(), photoOrder, attributes })
  .refine((change) => Object.values(change).some((part) => part !== undefined), {
    error: 'must hold images or attributes',
  })
  .meta({ id: 'SkuChange' });

/** `PATCH /batches/:id/skus/:sku`: other photos or attributes for a SKU that has ended; a retry uses them. */
export function changeSku({ api, links, outgoing }: RouteContext): Route {
  return route({
    method: 'patch',
    path: '/batches/:id/skus/:sku',
    operationId: 'changeSku',
    tag: 'skus',
    summary: 'Replace photos or attributes of a SKU that has ended; `retry`, or `regenerate`, uses them',
    role: 'operator',
    params: BatchPath.extend({ sku: z.string() }),
    body: jsonBody(SkuChange),
    answers: { 200: { description: 'The SKU as it is now', schema: SkuView } },
    problems: {
      404: 'No such batch, or no such SKU in it',
      409: 'The SKU waits or is being worked on, or was cancelled',
      422: 'Does not fit, or names a photo that has not been uploaded',
    },
    async handle({ params: { id: batchId, sku }, body, principal: { tenant } }) {
      const { id } = await findBatch(api, batchId, tenant);
      if (body.images !== undefined) {
        const asked = [{ sku, images: body.images }];
        const faults = createFaultList();
        await refuseUnknownPhotos(asked, knowsPhotosOf(api, tenant), faults);
        faults.throwIfAny();
        // Mends them in place; what it warns of is seen when the SKU is tried.
        await lintAddresses(asked, outgoing);
      }
      const verdict = await api.changeSku(id, sku, defined(body));
      if (verdict !== 'done') throw PROBLEMS[verdict]();
      const now = await api.sku(id, sku);
      if (now === null) throw PROBLEMS.missing();
      return { status: 200, body: await viewSku(now, links) };
    },
  });
}

const PROBLEMS = {
  missing: () => new ProblemError(404, 'SKU_NOT_FOUND', 'This batch holds no such SKU.'),
  busy: () =>
    new ProblemError(409, 'SKU_BUSY', 'This SKU is waiting or being worked on; change it when it has ended.'),
  cancelled: () => new ProblemError(409, 'SKU_CANCELLED', 'This SKU was cancelled; submit it again.'),
};
