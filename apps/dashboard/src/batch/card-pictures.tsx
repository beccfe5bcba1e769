import type { SkuView } from '@image-studio/contract';
import { translate } from '../text/translate.ts';
import { Picture } from '../ui/picture.tsx';
import { localUrl } from './local-url.ts';
import { sourcePicture } from './source-picture.ts';
import './card-pictures.css';

/** Before and after, or the room for them with a word on what is going on. */
export function CardPictures({ sku, self }: { sku: SkuView; self: string | undefined }) {
  const image = sku.images.find(({ role }) => role === 'main') ?? sku.images[0];
  if (!image) {
    const stage = sku.state === 'active' && sku.stage ? `${translate(sku.stage)}…` : '';
    return <div class={`card-pictures card-pictures-none card-pictures-${sku.state}`}>{stage}</div>;
  }
  return (
    <div class="card-pictures">
      <Picture url={sourcePicture(image, self, location.origin)} alt="" caption={translate('before')} />
      <Picture
        url={localUrl(image.url, self)}
        alt={`${sku.sku}: ${translate('after')}`}
        caption={translate('after')}
      />
      {sku.images.length > 1 && <span class="card-pictures-more">+{sku.images.length - 1}</span>}
    </div>
  );
}
