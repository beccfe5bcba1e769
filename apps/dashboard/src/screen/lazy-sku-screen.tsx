import { lazyPart } from '../ui/lazy-part.tsx';

/** The screen of one SKU, whose code the list of batches and the gallery do without. */
export const LazySkuScreen = lazyPart(async () => (await import('./sku-screen.tsx')).SkuScreen);
