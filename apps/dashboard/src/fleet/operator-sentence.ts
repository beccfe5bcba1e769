import { isTextKey } from '../text/is-text-key.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import type { OperatorMessage } from './fleet-state.ts';

/** The message in the page's language where the dictionary has its code, else as the server says it. */
export function operatorSentence({ code, message, values }: OperatorMessage): string {
  return isTextKey(code)
    ? translate(code, { said: serverWords({ message }), ...values })
    : serverWords({ message });
}

/** Whether there is nothing to do about it: it is shown where Redis is, not above every page. */
export function isOnlyToKnow({ code }: OperatorMessage): boolean {
  return code === 'REDIS_UNCHECKED';
}
