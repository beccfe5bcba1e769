import { lazyPart } from '../ui/lazy-part.tsx';

/** What is made first of a batch, whose code batches without a sample do without. */
export const LazySamplePanel = lazyPart(async () => (await import('./sample-panel.tsx')).SamplePanel);
