import {
  defined,
  parseUrl,
  type ReviewDecision,
  type Said,
  SkuReview,
  SkuView,
  say,
  slotsOf,
} from '@image-studio/contract';
import { plannedSlots } from '@image-studio/planning';
import { SHARED_PHOTO, type SkuEntry } from '@image-studio/queue';
import { z } from 'zod';
import { nameOf } from '../auth/name-of.ts';
import { inChunks } from '../http/in-chunks.ts';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { withSharers } from '../shared-photo-group.ts';
import { viewSku } from '../views/view-sku.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `POST /batches/:id/skus/:sku/review`: one decision about one picture. */
export function reviewSku({ api, links }: RouteContext): Route {
  return route({
    method: 'post',
    path: '/batches/:id/skus/:sku/review',
    operationId: 'reviewSku',
    tag: 'skus',
    summary:
      'Approve or reject a picture, ask for another one, take a decision back, bring an earlier picture back, or move its product',
    role: 'operator',
    params: BatchPath.extend({ sku: z.string() }),
    body: jsonBody(SkuReview),
    answers: { 200: { description: 'The SKU as it is now', schema: SkuView } },
    problems: {
      404: 'No such batch, or no such SKU in it',
      409: 'The SKU is being worked on, was cancelled, has no picture yet, or another one than was looked at',
      422: 'No such picture or photo, or the SKU has several pictures and none is named',
    },
    async handle({ params, body: { image, ...words }, principal }) {
      const { id, options } = await findBatch(api, params.id, principal.tenant);
      const entry = await api.sku(id, params.sku);
      if (entry === null) throw notFound();
      const planned = plannedSlots(options);
      // Asked only where it may be so: finding the others reads a line of every SKU of the batch.
      const isWaiting = entry.record.checks?.some(({ rule, pass }) => rule === SHARED_PHOTO && !pass);
      const { decision } = words;
      const group =
        isWaiting && isAboutSku(decision) ? await withSharers(api, id, [entry.index], { decision }) : [];
      for await (const chunk of inChunks(group.filter((index) => index !== entry.index)))
        await api.review(id, chunk, { decision, planned, rule: SHARED_PHOTO, ...nameOf(principal) });
      const slot = slotOf(await viewSku(entry, links), image, planned);
      refuseUnfit(words, slot, entry);
      const [reviewed] = await api.review(id, [entry.index], {
        ...defined(words),
        ...nameOf(principal),
        planned,
        slot,
        isAwaited: true,
      });
      if (reviewed === undefined) throw notFound();
      if (reviewed.verdict !== 'done') {
        const { code, detail } = PROBLEMS[reviewed.verdict];
        throw new ProblemError(409, code, detail);
      }
      const now = await api.sku(id, params.sku);
      if (now === null) throw notFound();
      return { status: 200, body: await viewSku(now, links) };
    },
  });
}

const PROBLEMS = {
  changed: { code: 'PICTURE_CHANGED', detail: 'Another picture has taken its place; look at it first.' },
  busy: { code: 'SKU_BUSY', detail: 'This SKU is waiting or being worked on; decide when it has ended.' },
  cancelled: { code: 'SKU_CANCELLED', detail: 'This SKU was cancelled; submit it again.' },
  nothing: { code: 'NO_PICTURE', detail: 'This SKU has no such picture yet; regenerate asks for it.' },
} as const;

/** Pictures are brought back and adjusted where there are some. */
function isAboutSku(decision: SkuReview['decision']): decision is ReviewDecision {
  return decision !== 'restore' && decision !== 'adjust';
}

/** What no schema can tell: photos and pictures of other SKUs, and scenes, which have no product that stands alone. */
function refuseUnfit({ decision, photo }: SkuReview, slot: string, { input, record }: SkuEntry): void {
  if (photo !== undefined && !input.images.some(({ url }) => url === photo)) {
    throw new ProblemError(422, 'UNKNOWN_PHOTO', 'This SKU has no photo with that address.', {
      errors: [{ path: 'photo', ...say`is none of the addresses of this SKU` }],
    });
  }
  if (photo !== undefined && slot !== 'main') {
    throw new ProblemError(422, 'UNFIT_PICTURE', 'Only the main picture is made from one photo.', {
      errors: [{ path: 'photo', ...say`goes with the main picture` }],
    });
  }
  const isMain = record.images.some(
    (image, n) => slotsOf(record.images)[n] === slot && image.role === 'main',
  );
  if (decision === 'adjust' && !isMain) {
    throw new ProblemError(422, 'UNFIT_PICTURE', 'Only the product of a main picture can be moved.', {
      errors: [{ path: 'image', ...say`is no main picture` }],
    });
  }
}

function notFound(): ProblemError {
  return new ProblemError(404, 'SKU_NOT_FOUND', 'This batch holds no such SKU.');
}

/** The slot that `image` names: by itself, by the picture's address or by its place; the only one when left out. */
function slotOf({ images }: SkuView, image: string | number | undefined, planned: readonly string[]): string {
  const slots = images.map(({ slot }) => slot);
  if (image === undefined) {
    const [only] = slots.length > 0 ? slots : planned;
    if (slots.length <= 1 && only !== undefined) return only;
    throw unknownPicture(say`is required: the SKU has several pictures`, slots);
  }
  if (typeof image === 'string' && [...slots, ...planned].includes(image)) return image;
  const isPlace = typeof image === 'number' || /^\d{1,4}$/.test(image);
  const found = isPlace
    ? images[Number(image)]
    : images.find(({ url, thumbUrl }) => isSameAddress(url, image) || isSameAddress(thumbUrl, image));
  if (found) return found.slot;
  throw unknownPicture(say`is no picture of this SKU`, [...new Set([...slots, ...planned])]);
}

function unknownPicture(said: Said, slots: readonly string[]): ProblemError {
  const detail = `This SKU has the pictures ${slots.join(', ')}.`;
  return new ProblemError(422, 'UNKNOWN_PICTURE', detail, { errors: [{ path: 'image', ...said }] });
}

/** Links to the same object differ in their signatures, and may be given as a path alone. */
function isSameAddress(url: string | undefined, given: string): boolean {
  return url !== undefined && parseUrl(given, url)?.pathname === new URL(url).pathname;
}
