import { Worker } from 'node:worker_threads';
import { CHUNK_ITEMS, inChunks } from './in-chunks.ts';
import { ProblemError } from './problem-error.ts';
import { takeCollection } from './take-collection.js';

const THREAD = new URL('./json-thread.js', import.meta.url);

/** Bodies above this are parsed in a thread: 512 KB of JSON hold the loop for about 4 ms, 20 MB for 200. */
const INLINE_BYTES = 512 * 1024;
/** A chunk is re-parsed on the main loop in about 2 ms. */
const CHUNK_CHARS = 256 * 1024;
/** Neither one element nor everything beside the collection may be so large that parsing it alone blocks the loop. */
const MAX_ELEMENT_CHARS = 1024 * 1024;

/** A JSON document with its one large collection taken out. */
export interface SplitJson {
  /** The document without the collection. */
  rest: unknown;
  /** Number of elements, or `null` when the document has no array (or object) at the path. */
  length: number | null;
  /** The elements in order, in chunks; entries `[key, value]` when the collection is an object. */
  chunks: AsyncIterable<unknown[]>;
  /** Ends the thread, if one was needed; call it in a `finally`, chunks read or not. */
  close(): Promise<void>;
}

/**
 * Parses `bytes` and hands out the collection at `path` in chunks, so that no step holds the event loop: a large body
 * is handed over to a thread (`bytes` is empty afterwards) and parsed there, and between chunks the loop turns. Own
 * `__proto__` keys come out as plain data.
 */
export async function splitJson(bytes: Buffer, path: readonly string[]): Promise<SplitJson> {
  return bytes.length <= INLINE_BYTES ? splitInline(bytes, path) : splitInThread(bytes, path);
}

function splitInline(bytes: Buffer, path: readonly string[]): SplitJson {
  let rest: unknown;
  try {
    rest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  const collection = takeCollection(rest, path);
  return {
    rest,
    length: collection?.length ?? null,
    chunks: inChunks(collection ?? []),
    close: async () => {},
  };
}

/** What the thread answers: first the frame, then one chunk for every `next`, `null` after the last. */
type ThreadAnswer =
  | { error: string; tooLarge: boolean }
  | { rest: string; length: number | null }
  | { chunk: string | null };

async function splitInThread(bytes: Buffer, path: readonly string[]): Promise<SplitJson> {
  const thread = openThread();
  try {
    const frame = await thread.ask(
      { bytes, path, chunkChars: CHUNK_CHARS, chunkItems: CHUNK_ITEMS, maxElementChars: MAX_ELEMENT_CHARS },
      bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer as ArrayBuffer] : [],
    );
    if ('error' in frame) throw refused(frame);
    if (!('rest' in frame)) throw new Error('the JSON thread answered out of turn');
    return {
      rest: JSON.parse(frame.rest),
      length: frame.length,
      chunks: chunksOf(thread),
      close: thread.close,
    };
  } catch (error) {
    await thread.close();
    throw error;
  }
}

async function* chunksOf(thread: JsonThread): AsyncGenerator<unknown[]> {
  for (;;) {
    const answer = await thread.ask('next');
    if ('error' in answer) throw refused(answer);
    if (!('chunk' in answer) || answer.chunk === null) return;
    yield JSON.parse(answer.chunk) as unknown[];
  }
}

interface JsonThread {
  /** What is in `handedOver` belongs to the thread afterwards. */
  ask(question: unknown, handedOver?: ArrayBuffer[]): Promise<ThreadAnswer>;
  close(): Promise<void>;
}

function openThread(): JsonThread {
  const worker = new Worker(THREAD, { resourceLimits: { maxOldGenerationSizeMb: 1024 } });
  return {
    ask: (question, handedOver = []) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          worker.off('message', onMessage).off('error', onError);
          act();
        };
        const onMessage = (answer: ThreadAnswer) => settle(() => resolve(answer));
        const onError = (error: Error) => settle(() => reject(error));
        worker.once('message', onMessage).once('error', onError);
        worker.postMessage(question, handedOver);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

function refused(answer: { error: string; tooLarge: boolean }): ProblemError {
  return answer.tooLarge ? new ProblemError(422, 'ELEMENT_TOO_LARGE', answer.error) : malformed(answer.error);
}

/** V8 quotes the text around the fault; that may be a credential, so only the place and the kind are repeated. */
function malformed(reason: string): ProblemError {
  const kind = reason.replace(/, (\.\.\.)?".*$/s, '');
  return new ProblemError(400, 'MALFORMED_JSON', `The body is not valid JSON: ${kind}`);
}
