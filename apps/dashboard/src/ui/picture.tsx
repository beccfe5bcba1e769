import { useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import './picture.css';

/**
 * A square frame around an image, whole and undistorted; says so when there is nothing to show. Its words are drawn by the style: they are
 * signs for the eye, and no part of the name of what the picture belongs to.
 */
export function Picture({ url, alt, caption }: { url: string | null; alt: string; caption: string | null }) {
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <div class="picture">
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
        <span class="picture-none" data-words={translate('noPicture')} />
      )}
      {caption !== null && <span class="picture-caption" data-words={caption} />}
    </div>
  );
}
