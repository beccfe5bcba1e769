import { type Check, type LedgerEntry, StageError } from '@image-studio/contract';
import { plannedSlots } from '@image-studio/planning';
import { readInputs } from '../store/read-inputs.ts';
import type { ChosenCall } from './choose-model.ts';
import { listPicture } from './list-picture.ts';
import { forgetPicture, type PaidPicture, readPicture } from './paid-picture.ts';
import { planFinish } from './plan-finish.ts';
import type { SkuWork } from './sku-work.ts';
import { upload } from './upload.ts';

/** One paid picture → finished file → object store → record. */
export async function completePicture(
  work: SkuWork,
  { alias, call, picture }: ChosenCall & { picture: PaidPicture },
): Promise<void> {
  const { job, begun, progress, store, pictures } = work;
  const [input] = call.inputs;
  if (!input) throw new StageError('INTERNAL', 'the call has no source photo', { verdict: 'fail' });
  const { source } = input;
  const finish = async () => {
    const data = await readPicture(work, job, picture);
    progress.recordStage({
      stage: 'generate',
      kind: call.kind,
      at: picture.entry.at,
      ms: picture.reused ? 0 : picture.entry.ms,
      bytes: data.length,
      reused: picture.reused,
    });
    const photos = (await readInputs(store, call.inputs, job.signal)).map((photo) => photo.data);
    const spec = planFinish(work, { ...call, model: picture.entry.model, photos });
    return pictures.finish(data, spec, job.signal).catch(async (error: unknown) => {
      const cannotBeDecoded = error instanceof StageError && error.code === 'MODEL_NO_IMAGE';
      throw cannotBeDecoded ? await forgetPicture(work, picture, `cannot be used: ${error.message}`) : error;
    });
  };
  const finished = await progress.stage(
    'finish',
    call.kind,
    async () => {
      const release = await work.inHand.acquire(1, job.signal, { owner: begun.tenant });
      return finish().finally(release);
    },
    ({ data }) => data.length,
  );
  const listed = await progress.stage(
    'upload',
    call.kind,
    () =>
      upload(
        finished,
        {
          tenant: begun.tenant,
          sku: begun.input.sku,
          stem: source.stem,
          slot: call.slot,
          callKey: call.callKey,
          role: call.role,
          kind: call.kind,
        },
        store,
        job.signal,
      ),
    ({ bytes }) => bytes,
  );
  const image = {
    ...listed,
    round: call.round,
    checks: [...listed.checks, ...checksOfNote(picture.entry)],
    sourceUrl: source.url,
    sourceKey: input.key,
    callKey: call.callKey,
    reused: picture.reused,
    costUsd: picture.reused ? 0 : picture.entry.costUsd,
    model: picture.entry.model,
    ...(alias !== '' && { alias }),
    prompt: call.prompt,
    inputs: call.inputs.map(({ sha256, key, source: { url } }) => ({ sha256, url, key })),
    createdAt: new Date().toISOString(),
  };
  listPicture(progress.record, image, plannedSlots(begun.options));
  await job.note(progress.record);
  await job.countImage(call.role, 'success');
}

/** When the model says that it could not do what was asked, the picture is kept, with a check that fails: a person looks at it. */
function checksOfNote({ note }: LedgerEntry): Check[] {
  return note === undefined
    ? []
    : [{ rule: 'engine', measured: note, required: 'the picture that was asked for', pass: false }];
}
