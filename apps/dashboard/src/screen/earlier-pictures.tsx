import type { ImageView } from '@image-studio/contract';
import { localUrl } from '../sku/local-url.ts';
import { checkFailure } from '../text/check-failure.ts';
import { formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import type { Reference } from './stage.tsx';

/** Pictures that were listed before, newest first: to be looked at beside the present one, and brought back. */
export function EarlierPictures(props: {
  image: ImageView;
  self: string | undefined;
  /** Another one cannot be brought back while one is being made. */
  canRestore: boolean;
  onCompare: (reference: Reference) => void;
  onRestore: (version: string) => void;
}) {
  const { image, self, canRestore, onCompare, onRestore } = props;
  const tries = (image.tries ?? []).toReversed();
  if (tries.length === 0) return null;
  return (
    <section class="panel-part">
      <h2>{translate('earlierPictures')}</h2>
      <ul class="earlier">
        {tries.map(({ round, picture, at }) => {
          const name = translate('roundAt', {
            n: round + 1,
            time: at ? formatTime(at, language.get()) : '–',
          });
          if (!picture) return <li key={round}>{name}</li>;
          const failing = picture.checks.filter(({ pass }) => !pass);
          const compare = () => onCompare({ name, url: localUrl(picture.url, self) });
          return (
            <li key={picture.version}>
              <button
                type="button"
                class="earlier-look"
                aria-label={`${translate('compareWith')}: ${name}`}
                onClick={compare}
              >
                <img src={localUrl(picture.thumbUrl ?? picture.url, self)} alt="" loading="lazy" />
              </button>
              <span class="small">
                {name}
                {picture.adjustment && ` · ${translate('movedByHand')}`}
                <br />
                <span class="soft">{failing.map(checkFailure).join(' ')}</span>
              </span>
              <button type="button" disabled={!canRestore} onClick={() => onRestore(picture.version)}>
                {translate('restore')}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
