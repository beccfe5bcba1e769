import { Worker } from 'node:worker_threads';
import { CHUNK_ITEMS, inChunks } from './in-chunks.ts';
import { ProblemError } from './problem-error.ts';

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
  // The function's own source: the thread needs no file of its own, so it runs the same from `src` and from `dist`.
  const source = `const takeCollection = ${takeCollection.toString()};\n(${runThread.toString()})(takeCollection);`;
  const worker = new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 1024 } });
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

/* istanbul ignore next: its source text is what the thread runs, so counters in it would break there. */
/** Removes and returns the array, or the entries of the object, at `path`; runs in both threads, so it uses nothing outside. */
function takeCollection(document: unknown, path: readonly string[]): unknown[] | null {
  let parent = document;
  for (const name of path.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, name)) return null;
    parent = (parent as Record<string, unknown>)[name];
  }
  const last = path[path.length - 1];
  if (typeof parent !== 'object' || parent === null || last === undefined || !Object.hasOwn(parent, last))
    return null;
  const holder = parent as Record<string, unknown>;
  const value = holder[last];
  if (typeof value !== 'object' || value === null) return null;
  delete holder[last];
  return Array.isArray(value) ? value : Object.entries(value);
}

/* istanbul ignore next: as above. */
/** The thread's program. Everything it needs is inside or handed in, because only its source text reaches the thread. */
function runThread(take: typeof takeCollection): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  if (parentPort === null) return;
  let items: unknown[] = [];
  let position = 0;
  let limits = { chunkChars: 0, chunkItems: 0, maxElementChars: 0 };

  parentPort.on('message', (question) => {
    try {
      parentPort.postMessage(question === 'next' ? nextChunk() : open(question));
    } catch (error) {
      parentPort.postMessage({
        error: error instanceof Error ? error.message : String(error),
        tooLarge: false,
      });
    }
  });

  function open(question: { bytes: Uint8Array; path: string[] } & typeof limits) {
    limits = question;
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(question.bytes));
    const taken = take(document, question.path);
    items = taken ?? [];
    const rest = JSON.stringify(document);
    if (rest.length > limits.maxElementChars) {
      const collection = question.path.join('.');
      return {
        error: `Everything beside "${collection}" holds ${rest.length} characters, the limit is ${limits.maxElementChars}.`,
        tooLarge: true,
      };
    }
    return { rest, length: taken === null ? null : items.length };
  }

  function nextChunk() {
    const parts: string[] = [];
    for (
      let chars = 0;
      position < items.length && parts.length < limits.chunkItems && chars < limits.chunkChars;
      position++
    ) {
      const part = JSON.stringify(items[position]);
      if (part.length > limits.maxElementChars) {
        return {
          error: `SKU ${position + 1} holds ${part.length} characters, the limit is ${limits.maxElementChars}.`,
          tooLarge: true,
        };
      }
      parts.push(part);
      chars += part.length;
    }
    return { chunk: parts.length === 0 ? null : `[${parts.join(',')}]` };
  }
}
