import { z } from 'zod';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import type { ReceivedPhoto } from '../uploads/receive-photos.ts';
import { expiryOf, UploadView, viewUpload } from '../uploads/view-upload.ts';
import type { RouteContext } from './context.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');
const PhotoPath = z.object({ sha256: Digest });

/** Most digests of one question. */
const MAX_ASKED = 5000;
const PhotoQuestion = z
  .strictObject({ sha256: z.array(Digest).min(1).max(MAX_ASKED) })
  .meta({ id: 'PhotoQuestion' });
const KnownPhotos = z.object({ items: z.array(UploadView) }).meta({ id: 'KnownPhotos' });

/** `photos` and `refused` of forms; the other fields where there was one file. */
const UploadAnswer = UploadView.partial()
  .extend({
    photos: z.array(UploadView.extend({ name: z.string().optional() })).optional(),
    refused: z
      .array(z.object({ name: z.string().optional(), code: z.string(), message: z.string() }))
      .optional(),
  })
  .meta({ id: 'UploadAnswer' });

/** `/photos`: uploading photos, and asking for those that are there. */
export function photoRoutes({ api, uploads }: RouteContext): Route[] {
  const { keepDays } = uploads.limits;
  return [
    route({
      method: 'post',
      path: '/photos',
      operationId: 'uploadPhotos',
      tag: 'photos',
      summary: 'Upload a photo as it is, or several as a form; `url` of the answer goes into `images[].url`',
      role: 'operator',
      query: z.strictObject({ sha256: Digest.optional() }),
      upload: {
        content: {
          'multipart/form-data': z.object({ photo: z.array(z.file()) }),
          'image/*': z.file(),
          'application/octet-stream': z.file(),
        },
        receive: (request, { tenant }) => uploads.receive(request, tenant),
      },
      answers: {
        200: { description: 'All of them were here before', schema: UploadAnswer },
        201: { description: 'Kept; a form tells of each file', schema: UploadAnswer },
      },
      problems: {
        413: 'Larger than `SOURCE_MAX_BYTES`, or the photos of this tenant hold too much already',
        422: 'No photo that can be used: `code` and `detail` are those that a download would have failed with',
      },
      async handle({ body, query }) {
        refuseOther(body, query.sha256);
        const photos = body.flatMap((photo) => ('kept' in photo ? [photo] : []));
        const refused = body.flatMap((photo) => ('refused' in photo ? [photo] : []));
        if (photos.length === 0) throw allRefused(refused);
        const views = photos.map(({ name, kept: { upload } }) => ({
          ...viewUpload(upload, keepDays),
          ...(name !== undefined && { name }),
        }));
        const isForm = body.length > 1 || body[0]?.name !== undefined;
        const { name: _, ...only } = views[0] ?? {};
        return {
          status: photos.every(({ kept }) => kept.isKnown) ? 200 : 201,
          body: {
            ...(body.length === 1 && only),
            ...(isForm && {
              photos: views,
              refused: refused.map(({ name, refused: { code, message } }) => ({
                ...(name !== undefined && { name }),
                code,
                message,
              })),
            }),
          },
        };
      },
    }),
    route({
      method: 'post',
      path: '/photos/lookup',
      operationId: 'lookUpPhotos',
      tag: 'photos',
      summary: 'Which of these photos are here already and need not be uploaded',
      role: 'viewer',
      body: jsonBody(PhotoQuestion),
      answers: { 200: { description: 'Those that are here, in the order asked', schema: KnownPhotos } },
      async handle({ body, principal }) {
        const found = await api.findUploads(principal.tenant, body.sha256);
        const items = found.flatMap((upload) =>
          upload === null || isExpired(upload.at, keepDays) ? [] : [viewUpload(upload, keepDays)],
        );
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: 'get',
      path: '/photos/:sha256',
      operationId: 'getPhoto',
      tag: 'photos',
      summary: 'Whether a photo has been uploaded, and until when it is kept',
      role: 'viewer',
      params: PhotoPath,
      answers: { 200: { description: 'It is here', schema: UploadView } },
      problems: { 404: 'Not uploaded, deleted, or another tenant’s' },
      async handle({ params: { sha256 }, principal }) {
        const [upload = null] = await api.findUploads(principal.tenant, [sha256]);
        if (upload === null || isExpired(upload.at, keepDays)) throw notFound();
        return { status: 200, body: viewUpload(upload, keepDays) };
      },
    }),
    route({
      method: 'delete',
      path: '/photos/:sha256',
      operationId: 'deletePhoto',
      tag: 'photos',
      summary: 'Delete an uploaded photo; batches that have not read it yet fail for it',
      role: 'operator',
      params: PhotoPath,
      answers: { 204: { description: 'Gone' } },
      async handle({ params: { sha256 }, principal: { tenant } }) {
        await uploads.drop(tenant, sha256);
        return { status: 204 };
      },
    }),
  ];
}

function isExpired(at: number, keepDays: number): boolean {
  const expires = expiryOf(at, keepDays);
  return expires !== null && expires <= Date.now();
}

/** A client that says what it sends learns when something else arrived. */
function refuseOther(photos: ReceivedPhoto[], announced: string | undefined): void {
  const [photo] = photos;
  if (announced === undefined || photo === undefined || !('kept' in photo)) return;
  const { sha256 } = photo.kept.upload;
  if (photos.length === 1 && sha256 === announced) return;
  throw new ProblemError(
    422,
    'DIGEST_MISMATCH',
    `The photo that arrived has the SHA-256 ${sha256}, announced was ${announced}; send it again.`,
  );
}

function allRefused(refused: { name: string | undefined; refused: ProblemError }[]): ProblemError {
  const [first] = refused;
  if (first === undefined) throw new Error('an upload without a photo and without a fault');
  if (refused.length === 1) return first.refused;
  const errors = refused.map(({ name = '', refused: { message } }) => ({ path: name, message }));
  return new ProblemError(422, first.refused.code, `None of ${refused.length} photos can be used.`, {
    errors,
  });
}

function notFound(): ProblemError {
  return new ProblemError(404, 'PHOTO_NOT_FOUND', 'There is no such uploaded photo.');
}
