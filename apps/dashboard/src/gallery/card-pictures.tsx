import { localUrl } from '../sku/local-url.ts';
import { sourcePicture } from '../sku/source-picture.ts';
import { pictureShown } from '../state/picture-shown.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { Picture } from '../ui/picture.tsx';
import type { GalleryKind } from './grid-layout.ts';
import './card-pictures.css';

/** For the eye only, the card's name says the rest: the result, with the supplier's photo beside it in `pairs`; or the room for them with a sign of the state. */
export function CardPictures(props: { sku: SkuBrief; kind: GalleryKind; self: string | undefined }) {
  const { sku, kind, self } = props;
  const image = pictureShown(sku);
  if (!image && sku.photoUrl !== undefined) {
    return (
      <div class="card-pictures card-pictures-results" aria-hidden="true">
        <Picture url={localUrl(sku.photoUrl, self)} alt="" caption={translate('before')} />
      </div>
    );
  }
  if (!image) {
    return (
      <div class={`card-pictures card-pictures-none card-pictures-${sku.state}`} aria-hidden="true">
        {sku.state === 'failed' && sku.failure && <p class="card-pictures-why">{serverWords(sku.failure)}</p>}
      </div>
    );
  }
  return (
    <div class={`card-pictures card-pictures-${kind}`} aria-hidden="true">
      {kind === 'pairs' && (
        <Picture url={sourcePicture(image, self, location.origin)} alt="" caption={translate('before')} />
      )}
      <Picture
        url={localUrl(image.thumbUrl ?? image.url, self)}
        alt=""
        caption={kind === 'pairs' ? translate('after') : null}
      />
      {sku.images.length > 1 && <span class="card-pictures-more" data-words={`+${sku.images.length - 1}`} />}
      {image.decision && <span class={`card-pictures-decision card-pictures-${image.decision}`} />}
    </div>
  );
}
