import {
  MISCONFIGURED_MESSAGE,
  type StudioWorker,
  UNREADABLE_MESSAGE,
  UNUSABLE_MESSAGE,
} from '@image-studio/queue';
import { type ImageModel, ModelError } from '../models/image-model.ts';

/** While calls are stopped for a wrong key or model, the model is asked this often whether it is right now. */
const PROBE_MS = 30_000;

/**
 * Opens the connection to the model before the first call, and brings calls back that were stopped for a wrong configuration: at
 * once when a process starts (it may bring the right one), then by probing. Calls that are stopped because answers could not be
 * read come back only when a process starts: no probe can tell whether the next answer can be read. Returns the way to stop.
 */
export function watchModel(
  model: ImageModel,
  studio: Pick<
    StudioWorker,
    'stopCalls' | 'resumeCalls' | 'isStoppedFor' | 'clearWarning' | 'noteBatchOffer'
  >,
  log: { warn(fields: object, message: string): void },
): () => void {
  const stop = new AbortController();
  const look = async () => {
    try {
      await model.warmUp(stop.signal);
      if (await studio.isStoppedFor(MISCONFIGURED_MESSAGE)) await studio.resumeCalls(MISCONFIGURED_MESSAGE);
    } catch (error) {
      if (stop.signal.aborted) return;
      log.warn({ err: error }, 'the image model is not ready');
      const isWrong = error instanceof ModelError && WRONG.has(error.kind);
      if (isWrong) await studio.stopCalls(MISCONFIGURED_MESSAGE, error.message);
    }
  };
  const probe = async () => {
    if (await studio.isStoppedFor(MISCONFIGURED_MESSAGE)) await look();
  };
  const quietly = (work: () => Promise<void>) => {
    work().catch((err: unknown) => log.warn({ err }, 'watching the model'));
  };
  quietly(async () => {
    await look();
    await askForBatches(model, studio, stop.signal);
    await studio.clearWarning(UNREADABLE_MESSAGE);
    if (await studio.isStoppedFor(UNUSABLE_MESSAGE)) await studio.resumeCalls(UNUSABLE_MESSAGE);
  });
  const timer = setInterval(() => quietly(probe), PROBE_MS);
  return () => {
    clearInterval(timer);
    stop.abort(new Error('shutting down'));
  };
}

/**
 * Tells the API whether the model's card offers batches of calls. The API refuses the economy lane for a model that offers
 * none.
 */
async function askForBatches(
  { batches, defaultModel }: ImageModel,
  studio: Pick<StudioWorker, 'noteBatchOffer'>,
  signal: AbortSignal,
): Promise<void> {
  const isOffered = await batches?.areOffered?.(defaultModel, signal).catch(() => null);
  if (isOffered != null) await studio.noteBatchOffer(defaultModel, isOffered);
}

const WRONG = new Set(['auth', 'modelGone', 'quotaZero']);
