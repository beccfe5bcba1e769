import type { TextKey } from './english.ts';
import { messages } from './messages.ts';

/** Whether the dashboard has a text under `key`: codes of the server may be newer than the page. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(messages.messages, key);
}
