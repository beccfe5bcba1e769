import type { BatchView } from '@image-studio/contract';
import { profileTitle } from '../text/profile-title.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';

/** How the batch was made, in one line. Room is kept for it while it is read. */
export function MadeLine({ made }: Pick<BatchView, 'made'>) {
  return (
    <p class="batch-made small soft" title={translate('howMade')}>
      {made
        ? translate('madeWith', {
            profile: profileTitle({ id: made.profile, title: made.profile }),
            kinds: made.kinds.map(slotName).join(', '),
            language: translate(made.language === 'zh' ? 'chinese' : 'english'),
          })
        : '\u00a0'}
    </p>
  );
}
