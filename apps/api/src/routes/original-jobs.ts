import { OriginalJobStatus } from '@image-studio/contract';
import { z } from 'zod';
import { nameOf } from '../auth/name-of.ts';
import { type Route, route } from '../http/route.ts';
import { originalJobBody } from '../submission/read-original-job.ts';
import { knowsPhotosOf } from '../submission/refuse-unknown-photos.ts';
import { viewOriginalStatus } from '../views/view-original-status.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const JobPath = z.object({ jobId: z.string().max(64) });
const JobAccepted = z
  .object({ jobId: z.string(), hasData: z.literal(true) })
  .meta({ id: 'OriginalJobAccepted' });

/** The three routes of the original Image Studio service, for clients that were written against it. */
export function originalJobs({ api, links, planFor }: RouteContext): Route[] {
  return [
    route({
      method: 'post',
      path: '/image-studio/jobs',
      operationId: 'submitOriginalJob',
      tag: 'original client',
      summary: 'Submit a job as the original Image Studio client does',
      role: 'operator',
      body: originalJobBody((tenant) => knowsPhotosOf(api, tenant)),
      answers: { 200: { description: 'Recorded', schema: JobAccepted } },
      problems: {
        400: 'Malformed, or holds api_key or api_base',
        413: 'Larger than 20 MB',
        422: 'Does not fit',
      },
      async handle({ body: { options, skus }, principal }) {
        const { batch } = await api.submit({
          tenant: principal.tenant,
          ...nameOf(principal),
          options,
          plan: planFor(principal.tenant, options),
          skus,
        });
        return { status: 200, body: { jobId: batch.id, hasData: true } };
      },
    }),
    route({
      method: 'get',
      path: '/image-studio/jobs/:jobId/status',
      operationId: 'getOriginalJobStatus',
      tag: 'original client',
      summary: 'Status and results of a job, as the original client reads them',
      role: 'viewer',
      params: JobPath,
      answers: { 200: { description: 'The status', schema: OriginalJobStatus } },
      problems: { 404: 'No such job' },
      async handle({ params, principal }) {
        const batch = await findBatch(api, params.jobId, principal.tenant);
        return { status: 200, body: await viewOriginalStatus(batch, api, links) };
      },
    }),
    route({
      method: 'post',
      path: '/image-studio/jobs/:jobId/cancel',
      operationId: 'cancelOriginalJob',
      tag: 'original client',
      summary: 'Cancel a job',
      role: 'operator',
      params: JobPath,
      answers: { 200: { description: 'The status after cancelling', schema: OriginalJobStatus } },
      problems: { 404: 'No such job' },
      async handle({ params, principal }) {
        const { id } = await findBatch(api, params.jobId, principal.tenant);
        await api.cancel(id);
        const batch = await findBatch(api, id, principal.tenant);
        return { status: 200, body: await viewOriginalStatus(batch, api, links) };
      },
    }),
  ];
}
