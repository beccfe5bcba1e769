import { lazyPart } from '../../ui/lazy-part.tsx';

/** `FallbackChoice`, loaded where the fleet has several models. */
export const LazyFallbackChoice = lazyPart(
  async () => (await import('./fallback-choice.tsx')).FallbackChoice,
);
