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

function madeWords({ profile, kinds, language, by, options }: NonNullable<BatchView['made']>): string {
  const how = translate('madeWith', {
    profile: profileTitle({ id: profile, title: profile }),
    kinds: kinds.map(slotName).join(', '),
    language: translate(language === 'zh' ? 'chinese' : 'english'),
  });
  const { lane, compare, ...named } = options as Named & { lane?: string; compare?: string[] };
  const models = modelsOf(named);
  const all = [
    how,
    ...(models === '' ? [] : [models]),
    ...(compare ? [translate('madeCompare', { models: compare.join(', ') })] : []),
    ...(lane === 'economy' ? [translate('etaEconomy')] : []),
  ].join(' · ');
  return by === undefined ? all : translate('madeBy', { how: all, who: by });
}

interface Named {
  model?: string;
  models?: string[];
}

/** The models that the batch named; empty where it left that to the fleet. */
function modelsOf({ model, models = model === undefined ? [] : [model] }: Named): string {
  const [first = '', ...others] = models;
  return others.length === 0 ? first : translate('madeModelThen', { first, others: others.join(', ') });
}
