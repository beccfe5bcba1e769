import type { Adjustment, Check, ImageRecord, SkuRecord } from '@image-studio/contract';
import { chooseSources, plannedSlots } from '@image-studio/planning';
import { callResultKey } from '@image-studio/storage';
import { readStoredPicture } from '../store/read-stored-picture.ts';
import { listPicture } from './list-picture.ts';
import { planFinish } from './plan-finish.ts';
import type { SkuWork } from './sku-work.ts';
import { upload } from './upload.ts';

/**
 * Places products that a person has moved anew, from the model's stored answer: the model is not asked, nothing is paid, and
 * however often a product is moved, its picture is resampled once. Returns whether this start of the SKU has nothing else to
 * do; then it does not need its photos.
 */
export async function adjustPictures(work: SkuWork): Promise<boolean> {
  const { begun, progress } = work;
  const { record } = progress;
  for (const image of record.images) {
    const { adjustment, round } = redoOf(record, image) ?? {};
    if (adjustment && round !== undefined && !isDone(record, image.slot ?? image.kind))
      await adjustPicture(work, image, adjustment, round);
  }
  const wasAdjusted = record.images.some((image) => redoOf(record, image)?.adjustment !== undefined);
  return wasAdjusted && plannedSlots(begun.options).every((slot) => isDone(record, slot));
}

async function adjustPicture(
  work: SkuWork,
  image: ImageRecord,
  adjustment: Adjustment,
  round: number,
): Promise<void> {
  const { job, begun, progress, store, pictures, ledger, plan } = work;
  const { record } = progress;
  const { role, kind, slot = kind, callKey, model } = image;
  const entry = (await ledger.find(callKey)) ?? { key: callResultKey(callKey) };
  const answer = await readStoredPicture(work, entry, job.signal);
  if ('fault' in answer) return keepAsItIs(work, image, `the model's answer ${answer.fault}`);
  const photos = await readPhotos(work, image);
  const spec = {
    ...planFinish(work, { role, kind, model, aspectRatio: plan.aspectRatio, photos }),
    adjustment,
  };
  const finish = async () => {
    const release = await work.inHand.acquire(1, job.signal, { owner: begun.tenant });
    return pictures.finish(answer.data, spec, job.signal).finally(release);
  };
  const finished = await progress.stage('finish', kind, finish, ({ data }) => data.length);
  const name = {
    tenant: begun.tenant,
    sku: begun.input.sku,
    stem: stemOf(work, image),
    slot,
    callKey,
    role,
    kind,
  };
  const put = () => upload(finished, name, store, job.signal);
  const listed = await progress.stage('upload', kind, put, ({ bytes }) => bytes);
  const { tries: _, review: __, earlierReviews: ___, thumbKey: ____, ...made } = image;
  const picture = {
    ...made,
    ...listed,
    round,
    adjustment,
    // Checks that only the photos or the model's answer could decide keep their results.
    checks: [...listed.checks, ...unmeasured(image.checks, listed.checks)],
    costUsd: 0,
    createdAt: new Date().toISOString(),
  };
  listPicture(record, picture, plannedSlots(begun.options));
  await job.note(record);
}

/** The picture stays, with a check that says why, and a person decides. */
async function keepAsItIs({ job, progress }: SkuWork, image: ImageRecord, why: string): Promise<void> {
  const { record } = progress;
  const check: Check = {
    rule: 'anotherTry',
    measured: why,
    required: 'what the model answered, from which the product is placed anew',
    pass: false,
  };
  const slot = image.slot ?? image.kind;
  const checks = [...image.checks.filter(({ rule }) => rule !== check.rule), check];
  record.images = record.images.map((one) => (one === image ? { ...image, checks } : one));
  const redo = record.redo?.[slot];
  if (redo) record.redo = { ...record.redo, [slot]: { ...redo, kept: true } };
  await job.note(record);
}

/** The photos that its model was given, as far as they are still there. */
async function readPhotos(
  { store, job }: SkuWork,
  { inputs = [], sourceKey }: ImageRecord,
): Promise<Buffer[]> {
  const keys = inputs.flatMap(({ key }) => key ?? []);
  const first = keys.length > 0 || sourceKey === undefined ? keys : [sourceKey];
  const found = await Promise.all(first.map((key) => store.get(key, { signal: job.signal })));
  return found.every((data) => data !== null) ? (found as Buffer[]) : [];
}

function unmeasured(before: readonly Check[], now: readonly Check[]): Check[] {
  return before.filter(({ rule }) => rule !== 'anotherTry' && now.every((check) => check.rule !== rule));
}

/** Stem of the photo that names the file. */
function stemOf({ begun }: SkuWork, { sourceUrl }: ImageRecord): string {
  const { main, others } = chooseSources(begun.input);
  return ([main, ...others].find(({ url }) => url === sourceUrl) ?? main).stem;
}

function redoOf(record: SkuRecord, { slot, kind }: ImageRecord) {
  return record.redo?.[slot ?? kind];
}

function isDone(record: SkuRecord, slot: string): boolean {
  const image = record.images.find((one) => (one.slot ?? one.kind) === slot);
  const redo = record.redo?.[slot];
  return (
    image !== undefined && (redo === undefined || redo.kept === true || (image.round ?? 0) >= redo.round)
  );
}
