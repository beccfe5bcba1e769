import { translate } from '../text/translate.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

/** `PhotoPart`, loaded when somebody brings photos. */
export const LazyPhotoPart = lazyPart(
  async () => (await import('./photo-part.tsx')).PhotoPart,
  () => <p class="small soft">{translate('photosLoading')}</p>,
);
