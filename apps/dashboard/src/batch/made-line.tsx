import type { BatchView } from '@image-studio/contract';
import { profileTitle } from '../text/profile-title.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';

/** How and by whom the batch was made, in one line. Room is kept for it while it is read. */
export function MadeLine({ made }: Pick<BatchView, 'made'>) {
  return (
    <p class="batch-made small soft" title={translate('howMade')}>
      {made ? madeWords(made) : '\u00a0'}
    </p>
  );
}

function madeWords({ profile, kinds, language, by }: NonNullable<BatchView['made']>): string {
  const how = translate('madeWith', {
    profile: profileTitle({ id: profile, title: profile }),
    kinds: kinds.map(slotName).join(', '),
    language: translate(language === 'zh' ? 'chinese' : 'english'),
  });
  return by === undefined ? how : translate('madeBy', { how, who: by });
}
