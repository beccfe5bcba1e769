import { dictionary, type TextKey } from './dictionary.ts';
import { translate } from './translate.ts';

/** What a slot is called: `Main image`, `detail 2`. */
export function slotName(slot: string): string {
  const [, kind = slot, number] = /^(.*?)(?:-(\d+))?$/.exec(slot) ?? [];
  const name = kind in dictionary ? translate(kind as TextKey) : kind;
  return number === undefined ? name : `${name} ${number}`;
}
