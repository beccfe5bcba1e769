import type { BriefSkuView } from '@image-studio/contract';
import { localUrl } from '../sku/local-url.ts';
import { translate } from '../text/translate.ts';
import { Picture } from '../ui/picture.tsx';

/** The SKUs of a sample with their first pictures; each opens its screen. */
export function SamplePictures(props: {
  skus: readonly BriefSkuView[];
  self: string | undefined;
  onOpen: (sku: string) => void;
}) {
  return (
    <ul class="sample-pictures">
      {props.skus.map(({ sku, state, images }) => {
        const [image] = images;
        const isAgain = images.some(({ outdated }) => outdated);
        return (
          <li key={sku}>
            <button type="button" class="sample-sku" onClick={() => props.onOpen(sku)}>
              <Picture
                url={image ? localUrl(image.thumbUrl ?? image.url, props.self) : null}
                alt=""
                caption={null}
              />
              <span class="sample-sku-code">{sku}</span>
              <span class="small soft">
                {translate(isAgain ? 'sampleMakingAgain' : state)}
                {images.length > 1 && ` · +${images.length - 1}`}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
