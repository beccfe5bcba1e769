import { useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import './picture.css';

/** A square frame around an image, whole and undistorted; says so when there is nothing to show. */
export function Picture({ url, alt, caption }: { url: string | null; alt: string; caption: string | null }) {
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <figure class="picture">
      {url !== null && broken !== url ? (
        <img
          src={url}
          alt={alt}
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
          onError={() => setBroken(url)}
        />
      ) : (
        <span class="picture-none">{translate('noPicture')}</span>
      )}
      {caption !== null && <figcaption>{caption}</figcaption>}
    </figure>
  );
}
