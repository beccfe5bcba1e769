/**
 * The thread of `split-json.ts`. Its first message says what to parse and is answered by the document without its collection; each
 * `next` is answered by the next chunk of it, as JSON, and `null` after the last. JavaScript, so that it runs the same from `src` and
 * from `dist`.
 */
import { parentPort } from 'node:worker_threads';
import { takeCollection } from './take-collection.js';

/** @typedef {{ bytes: Uint8Array, path: string[], chunkChars: number, chunkItems: number, maxElementChars: number }} Question */

/** @type {unknown[]} */
let items = [];
let position = 0;
let limits = { chunkChars: 0, chunkItems: 0, maxElementChars: 0 };

parentPort?.on('message', (/** @type {Question | 'next'} */ question) => {
  try {
    parentPort?.postMessage(question === 'next' ? nextChunk() : open(question));
  } catch (error) {
    parentPort?.postMessage({
      error: error instanceof Error ? error.message : String(error),
      tooLarge: false,
    });
  }
});

/** @param {Question} question */
function open(question) {
  limits = question;
  /** @type {unknown} */
  const document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(question.bytes));
  const taken = takeCollection(document, question.path);
  items = taken ?? [];
  const rest = JSON.stringify(document);
  if (rest.length > limits.maxElementChars)
    return tooLarge(`Everything beside "${question.path.join('.')}"`, rest);
  return { rest, length: taken === null ? null : items.length };
}

function nextChunk() {
  const parts = [];
  for (
    let chars = 0;
    position < items.length && parts.length < limits.chunkItems && chars < limits.chunkChars;
    position++
  ) {
    const part = JSON.stringify(items[position]);
    if (part.length > limits.maxElementChars) return tooLarge(`SKU ${position + 1}`, part);
    parts.push(part);
    chars += part.length;
  }
  return { chunk: parts.length === 0 ? null : `[${parts.join(',')}]` };
}

/**
 * @param {string} what
 * @param {string} json
 */
function tooLarge(what, json) {
  return {
    error: `${what} holds ${json.length} characters, the limit is ${limits.maxElementChars}.`,
    tooLarge: true,
  };
}
