import { isTextKey } from './is-text-key.ts';
import { translate } from './translate.ts';

/** What a slot is called: `Main image`, `detail 2`. */
export function slotName(slot: string): string {
  const [, kind = slot, number] = /^(.*?)(?:-(\d+))?$/.exec(slot) ?? [];
  const name = isTextKey(kind) ? translate(kind) : kind;
  return number === undefined ? name : `${name} ${number}`;
}
