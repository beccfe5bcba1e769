import type { Profile } from '@image-studio/contract';
import profiles from './en/profiles.json' with { type: 'json' };
import { isTextKey } from './is-text-key.ts';
import { learnTexts } from './messages.ts';
import { translate } from './translate.ts';

learnTexts(profiles);

/** What a marketplace is called; its own title where the page is older than the server. */
export function profileTitle({ id, title }: Pick<Profile, 'id' | 'title'>): string {
  const key = `profile_${id}`;
  return isTextKey(key) ? translate(key) : title;
}
