import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import type { PhotoPartProps } from './photo-part.tsx';

/** `PhotoPart`, loaded when somebody brings photos. */
export function LazyPhotoPart(props: PhotoPartProps) {
  const [Part, setPart] = useState<ComponentType<PhotoPartProps> | null>(null);
  useEffect(() => {
    void import('./photo-part.tsx').then(({ PhotoPart }) => setPart(() => PhotoPart));
  }, []);
  return Part ? <Part {...props} /> : <p class="small soft">{translate('photosLoading')}</p>;
}
