import { type AiJobData, payerOf } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import {
  CallsGone,
  ParcelFault,
  type ParcelledCall,
  type ParcelResults,
  type ParcelWork,
  type StudioWorker,
} from '@image-studio/queue';
import { callResultKey, type ObjectStore } from '@image-studio/storage';
import {
  type BatchedResult,
  type ImageModel,
  type ModelAnswer,
  ModelError,
  type ModelErrorKind,
} from '../models/image-model.ts';
import { PhotoGone, readInputs } from '../store/read-inputs.ts';
import { identityOf } from '../store/read-stored-picture.ts';
import type { StoreGate } from '../store/store-gate.ts';
import { putUntilStored } from './put-until-stored.ts';
import type { CallProcessorDeps } from './run-call.ts';

export interface ParcelWorkDeps {
  model: ImageModel;
  store: ObjectStore;
  gate: Pick<StoreGate, 'assertOpen' | 'opened'>;
  studio: Pick<StudioWorker, 'ledger'>;
  pictures: Pick<PictureWork, 'inspect'>;
  observer: CallProcessorDeps['observer'];
}

/** What this process does with parcels of a pool's calls; `undefined` where the provider has no batches. */
export function createParcelWork(deps: ParcelWorkDeps): ParcelWork | undefined {
  const { model, store, gate } = deps;
  const { batches, batchPriceFactor = 1 } = model;
  if (!batches) return undefined;
  return {
    mostBytes: batches.mostBytes,
    estimateUsd: (call) => model.estimateUsd(call) * batchPriceFactor,
    async upload(displayName, calls, signal) {
      gate.assertOpen();
      const gone = new Set<string>();
      const lines = calls.map((call) => lineOf(store, call, gone, signal));
      try {
        return await batches.upload(displayName, lines, signal);
      } catch (error) {
        if (gone.size > 0) throw new CallsGone([...gone]);
        throw faultOf(error);
      }
    },
    async create(order) {
      // Pictures that cannot be stored should not be bought.
      try {
        gate.assertOpen();
      } catch (error) {
        throw new ParcelFault('later', String(error));
      }
      return told(batches.create(order));
    },
    find: (displayName, signal) => told(batches.find(displayName, signal)),
    read: (name, signal) => told(batches.read(name, signal)),
    cancel: (name, signal) => told(batches.cancel(name, signal)),
    collect: (results, signal) =>
      told(
        batches.results(
          results.file,
          (key) => {
            const call = results.call(key);
            return call && { model: results.model, imageSize: call.imageSize };
          },
          (result) => take(deps, results, result, signal),
          signal,
        ),
      ),
  };
}

/** A call as a line of the batch; its photos are read when it is written. */
function lineOf(store: ObjectStore, call: AiJobData, gone: Set<string>, signal: AbortSignal) {
  const { callKey, model, imageSize, aspectRatio, prompt, kind, temperature, inputs } = call;
  return {
    key: callKey,
    ...{ model, imageSize, aspectRatio, prompt, kind },
    ...(temperature !== undefined && { temperature }),
    photos: inputs.map((input) => ({
      mime: input.mime,
      bytes: input.bytes,
      async read() {
        try {
          const [photo] = await readInputs(store, [input], signal);
          return photo?.data ?? Buffer.alloc(0);
        } catch (error) {
          if (error instanceof PhotoGone) gone.add(callKey);
          throw error;
        }
      },
    })),
  };
}

const LATER = new Set<ModelErrorKind>([
  'rateLimitMinute',
  'rateLimitDay',
  'spendLimit',
  'overloaded',
  'network',
  'server',
  'timeout',
  'cancelled',
]);

/** What the provider was asked, with its faults in the words of parcels. */
function told<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw faultOf(error);
  });
}

/** A fault of anything else stays what it is. */
function faultOf(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error;
  const verdict = error.mayBeBought ? 'unsure' : LATER.has(error.kind) ? 'later' : 'refused';
  return new ParcelFault(verdict, error.message, error.retryAfterMs);
}

/**
 * Takes one line of the results: bytes, ledger, books, in this order. After a crash the steps are done again, and find what was
 * done before.
 */
async function take(
  deps: ParcelWorkDeps,
  results: ParcelResults,
  result: BatchedResult,
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = deps.studio;
  const { key: callKey } = result;
  const call = results.call(callKey);
  if (!call || !(await results.isWanted(callKey))) return;
  const role = call.role;
  if ('fault' in result) {
    const { kind, costUsd } = result.fault;
    deps.observer.callEnded({ role, outcome: kind, ms: 0, costUsd });
    return results.settle(callKey, { outcome: kind, costUsd });
  }
  const { costUsd } = result.answer;
  if ((await ledger.find(callKey)) === null) await keep(deps, results, call, result.answer, signal);
  deps.observer.callEnded({ role, outcome: 'ok', ms: 0, costUsd });
  await results.settle(callKey, { outcome: 'ok', costUsd });
}

async function keep(
  { store, gate, studio }: ParcelWorkDeps,
  { batchId, model, requestOf }: ParcelResults,
  { callKey, index }: ParcelledCall,
  answer: ModelAnswer,
  signal: AbortSignal,
): Promise<void> {
  const key = callResultKey(callKey);
  await putUntilStored(store, key, answer, signal, gate.opened);
  await studio.ledger.record(callKey, {
    key,
    mime: answer.mime,
    ...identityOf(answer.image),
    model: answer.modelVersion ?? model,
    costUsd: answer.costUsd,
    usage: answer.usage,
    payer: payerOf({ batchId, index }),
    request: requestOf(callKey),
    at: new Date().toISOString(),
    ms: 0,
    ...(answer.note === undefined ? {} : { note: answer.note }),
  });
}
