import type { Profile } from '@image-studio/contract';
import { isTextKey } from './is-text-key.ts';
import { translate } from './translate.ts';

/** What a marketplace is called; its own title where the page is older than the server. */
export function profileTitle({ id, title }: Pick<Profile, 'id' | 'title'>): string {
  const key = `profile_${id}`;
  return isTextKey(key) ? translate(key) : title;
}
