import { ApiFault } from './api-fault.ts';
import { errorInside } from './error-in.ts';

/**
 * The JSON of an answer. A relay may stream although nobody asked for it: then the events' data, in their order, as an array.
 * Throws `ApiFault`: `notJson`, which says what it is and repeats none of it, or the error with which the server answered
 * although its status says that all is well.
 */
export function parseAnswer(bytes: Buffer, contentType: string): unknown {
  const answer = readJson(bytes, contentType);
  const fault = errorInside(answer);
  if (fault !== null) throw fault;
  return answer;
}

/** The same without looking for an `error`: it may belong to the batch that the question is about, and not to the question. */
export function readJson(bytes: Buffer, contentType: string): unknown {
  const text = bytes.toString().replace(/^\uFEFF/, '');
  try {
    return /^\s*(data|event|id|retry):/.test(text) ? eventsOf(text) : JSON.parse(text);
  } catch {
    const type = contentType.split(';')[0]?.trim().slice(0, 60);
    throw new ApiFault('notJson', `${bytes.length} bytes of type ${type}`, { mayBeBought: true });
  }
}

function eventsOf(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim())
    .filter((data) => data !== '' && data !== '[DONE]')
    .map((data): unknown => JSON.parse(data));
}

/** An answer that is no JSON tells nothing. */
export function parseOrNothing(bytes: Buffer | null): unknown {
  try {
    return JSON.parse(bytes?.toString() ?? '');
  } catch {
    return null;
  }
}
